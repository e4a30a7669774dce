/* SPDX-License-Identifier: MIT */
/* replay.c - runs a fuzz target over every file of a folder: replay FOLDER. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

static long file_size(FILE *file)
{
	if (fseek(file, 0, SEEK_END) < 0)
		return -1;
	const long size = ftell(file);

	rewind(file);
	return size;
}

/* The bytes are copied to a block of their very size, so that a read past them is caught. */
static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	const long size = file ? file_size(file) : -1;
	uint8_t *data = size >= 0 ? malloc(size ? (size_t)size : 1) : NULL;
	const int is_read = data && fread(data, 1, (size_t)size, file) == (size_t)size;

	if (is_read)
		LLVMFuzzerTestOneInput(data, (size_t)size);
	else
		perror(path);
	free(data);
	if (file)
		fclose(file);
	return is_read;
}

int main(int argc, char **argv)
{
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	unsigned count = 0;
	int is_good = 1;

	if (!folder) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (const struct dirent *entry; (entry = readdir(folder));) {
		char path[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
		is_good &= replay(path);
		count++;
	}
	closedir(folder);
	printf("%u inputs\n", count);
	return is_good && count ? 0 : 1;
}
