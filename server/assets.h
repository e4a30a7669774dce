/* SPDX-License-Identifier: MIT */
/* assets.h - the page's files, embedded at build time by .incbin. Constant; any thread. */
#ifndef BENCHD_SERVER_ASSETS_H
#define BENCHD_SERVER_ASSETS_H

#include "protocol/bytes.h"

struct asset {
	const char *path;        /* without leading slash: "index.html", "app.js" */
	const char *type;        /* media type */
	const char *etag;        /* quoted, from the content */
	struct span plain, gzip; /* gzip.len 0: not worth it */
};
/* NULL: no such file. "" is index.html. */
const struct asset *asset_find(const char *path);

#endif /* BENCHD_SERVER_ASSETS_H */
