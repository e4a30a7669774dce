/* SPDX-License-Identifier: MIT */
/* folder.h - a fresh folder for a test, and its removal. */
#ifndef BENCHD_TESTS_SERVER_FOLDER_H
#define BENCHD_TESTS_SERVER_FOLDER_H

#include "tests/cmocka_all.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#define FOLDER_TEXT 64

static inline void folder_make(char path[FOLDER_TEXT])
{
	snprintf(path, FOLDER_TEXT, "/tmp/benchd-test-XXXXXX");
	assert_non_null(mkdtemp(path));
}

static inline int folder_remove_one(
	const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static inline void folder_remove(const char *path)
{
	assert_int_equal(nftw(path, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

#endif /* BENCHD_TESTS_SERVER_FOLDER_H */
