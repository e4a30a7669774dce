/* SPDX-License-Identifier: MIT */
/*
 * shelf.c - DIR/firmware/SHA256. An upload is spooled to a file of a passing name in the same
 * folder and renamed when it is whole. It is synced by who maps it, a board's thread: the thread
 * that takes uploads in also answers everyone else, and a slow disk may take seconds for it. What
 * a power cut leaves of a file that nobody has used is told by its digest.
 */
#include "server/shelf.h"

#include "server/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_BYTES 4096
/* Files that stay on the disk beside those of live jobs. */
#define FILES_KEPT 64
#define SPOOL_PREFIX ".upload-"
#define SPOOL_TEXT (sizeof(SPOOL_PREFIX) + ID_TEXT)

struct shelf {
	struct store *store;
	int dir_fd;
};

struct upload {
	struct shelf *shelf;
	struct digest *digest;
	int fd;
	char path[SPOOL_TEXT];
	uint64_t bytes;
	uint8_t head[HEAD_BYTES];
	size_t head_len;
	bool has_line_or_nul;
};

static void log_failure(const char *what, const char *path)
{
	log_line(LOG_ERROR, "firmware shelf: %s %s: %s", what, path, strerror(errno));
}

static void remove_file(struct shelf *shelf, const char *name)
{
	if (unlinkat(shelf->dir_fd, name, 0) && errno != ENOENT)
		log_failure("removing", name);
}

/* The index entry goes first: what a crash leaves is a file that nobody names. */
static void remove_firmware(void *ctx, const struct firmware_record *record)
{
	struct shelf *shelf = ctx;

	/* A mapping of it stays good until it is unmapped. */
	if (store_firmware_forget(shelf->store, record->sha256))
		remove_file(shelf, record->sha256);
}

static void prune(struct shelf *shelf)
{
	store_firmware_stale(shelf->store, FILES_KEPT, remove_firmware, shelf);
}

static void clear_spool(struct shelf *shelf)
{
	int fd = openat(shelf->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		log_failure("reading", "its folder");
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *entry; (entry = readdir(dir));)
		if (!strncmp(entry->d_name, SPOOL_PREFIX, strlen(SPOOL_PREFIX)))
			remove_file(shelf, entry->d_name);
	closedir(dir);
}

struct shelf *shelf_open(const char *state_dir, struct store *store, char *reason, size_t len)
{
	struct shelf *shelf = calloc(1, sizeof(*shelf));
	char path[4096];

	if (!shelf ||
		(size_t)snprintf(path, sizeof(path), "%s/firmware", state_dir) >= sizeof(path)) {
		snprintf(reason, len, shelf ? "the path is too long" : "out of memory");
		free(shelf);
		return NULL;
	}
	shelf->store = store;
	shelf->dir_fd = mkdir(path, 0700) && errno != EEXIST
		? -1
		: open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (shelf->dir_fd < 0) {
		snprintf(reason, len, "%s: %s", path, strerror(errno));
		free(shelf);
		return NULL;
	}
	clear_spool(shelf);
	prune(shelf);
	return shelf;
}

void shelf_close(struct shelf *shelf)
{
	if (!shelf)
		return;
	close(shelf->dir_fd);
	free(shelf);
}

struct upload *upload_begin(struct shelf *shelf)
{
	struct upload *upload = calloc(1, sizeof(*upload));
	char id[ID_TEXT];

	if (!upload)
		return NULL;
	id_new(id);
	snprintf(upload->path, sizeof(upload->path), SPOOL_PREFIX "%s", id);
	upload->shelf = shelf;
	upload->digest = digest_new();
	upload->fd =
		openat(shelf->dir_fd, upload->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (upload->fd < 0)
		log_failure("making", upload->path);
	if (upload->digest && upload->fd >= 0)
		return upload;
	upload_abort(upload);
	return NULL;
}

static bool write_all(int fd, struct span bytes)
{
	while (bytes.len) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes.ptr += n;
		bytes.len -= (size_t)n;
	}
	return true;
}

bool upload_append(struct upload *upload, struct span bytes)
{
	size_t room = HEAD_BYTES - upload->head_len;
	size_t take = bytes.len < room ? bytes.len : room;

	if (!bytes.len)
		return true;
	if (!write_all(upload->fd, bytes)) {
		log_failure("writing", upload->path);
		return false;
	}
	memcpy(upload->head + upload->head_len, bytes.ptr, take);
	upload->head_len += take;
	upload->bytes += bytes.len;
	upload->has_line_or_nul = upload->has_line_or_nul || memchr(bytes.ptr, '\0', bytes.len) ||
		memchr(bytes.ptr, '\n', bytes.len) || memchr(bytes.ptr, '\r', bytes.len);
	digest_add(upload->digest, bytes);
	return true;
}

uint64_t upload_bytes(const struct upload *upload)
{
	return upload->bytes;
}

struct span upload_head(const struct upload *upload)
{
	return (struct span){ upload->head, upload->head_len };
}

bool upload_has_line_or_nul(const struct upload *upload)
{
	return upload->has_line_or_nul;
}

static bool settle(struct upload *upload, const char *sha256)
{
	int dir_fd = upload->shelf->dir_fd;

	if (!renameat(dir_fd, upload->path, dir_fd, sha256))
		return true;
	log_failure("keeping", sha256);
	return false;
}

bool upload_finish(struct upload *upload, const char *name, char sha256[SHA256_TEXT])
{
	struct shelf *shelf = upload->shelf;

	digest_finish(upload->digest, sha256);
	upload->digest = NULL;
	bool ok = settle(upload, sha256) &&
		store_firmware_put(shelf->store, sha256, name, upload->bytes);

	upload_abort(upload); /* after a rename only the descriptor is left of it */
	if (ok)
		prune(shelf);
	return ok;
}

void upload_abort(struct upload *upload)
{
	if (!upload)
		return;
	if (upload->fd >= 0) {
		remove_file(upload->shelf, upload->path);
		close(upload->fd);
	}
	digest_free(upload->digest);
	free(upload);
}

/* -1: not there (or not to be opened: logged). */
static int open_firmware(struct shelf *shelf, const char *sha256)
{
	/* The name goes into a path: nothing but a digest is one. */
	if (!sha256_is_hex(sha256))
		return -1;
	int fd = openat(shelf->dir_fd, sha256, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 && errno != ENOENT)
		log_failure("opening", sha256);
	return fd;
}

static bool map(int fd, struct shelf_file *file)
{
	struct stat st;

	if (fstat(fd, &st) || st.st_size <= 0)
		return false;
	void *ptr = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (ptr == MAP_FAILED)
		return false;
	file->bytes = (struct span){ ptr, (size_t)st.st_size };
	return true;
}

/* A board is never given what is not what its name says. */
static bool is_whole(const struct shelf_file *file, const char *sha256)
{
	char found[SHA256_TEXT];

	sha256_hex(file->bytes, found);
	return !strcmp(found, sha256);
}

bool shelf_map(struct shelf *shelf, const char *sha256, struct shelf_file *file)
{
	*file = (struct shelf_file){ 0 };
	int fd = open_firmware(shelf, sha256);

	if (fd < 0)
		return false;
	/* The file first, then the folder that names it; costs nothing when that was done. */
	bool ok = !fsync(fd) && !fsync(shelf->dir_fd) && map(fd, file);

	if (!ok)
		log_failure("syncing or mapping", sha256);
	close(fd);
	if (ok && !is_whole(file, sha256)) {
		log_line(LOG_ERROR, "firmware shelf: %s is damaged", sha256);
		shelf_unmap(file);
		ok = false;
	}
	/* Last used: now. Failing that is logged there, and no reason to refuse the file. */
	if (ok)
		store_firmware_put(shelf->store, sha256, NULL, file->bytes.len);
	return ok;
}

void shelf_unmap(struct shelf_file *file)
{
	if (file->bytes.ptr)
		munmap((void *)file->bytes.ptr, file->bytes.len);
	*file = (struct shelf_file){ 0 };
}

bool shelf_has(struct shelf *shelf, const char *sha256)
{
	int fd = open_firmware(shelf, sha256);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}
