/* SPDX-License-Identifier: MIT */
/* assets.c - looks up the embedded files; their table, sorted by path, is made by web/build.mjs. */
#include "server/assets.h"

#include <stdlib.h>
#include <string.h>

#include "assets.inc"

static int compare(const void *path, const void *asset)
{
	return strcmp(path, ((const struct asset *)asset)->path);
}

const struct asset *asset_find(const char *path)
{
	return bsearch(*path ? path : "index.html", assets, sizeof(assets) / sizeof(*assets),
		sizeof(*assets), compare);
}
