/* SPDX-License-Identifier: MIT */
/*
 * json_tree.h - what json.c and json_read.c share: nodes are cJSON's. Included by these two alone;
 * the fence around cJSON.
 */
#ifndef BENCHD_SERVER_JSON_TREE_H
#define BENCHD_SERVER_JSON_TREE_H

#include "server/json.h"

#include <cjson/cJSON.h>

static inline cJSON *tree_of(const struct json *node)
{
	return (cJSON *)node;
}

static inline struct json *json_of(const cJSON *tree)
{
	return (struct json *)tree;
}

#endif /* BENCHD_SERVER_JSON_TREE_H */
