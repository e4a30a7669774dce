/* SPDX-License-Identifier: MIT */
/* device.h - what was identified, as JSON and back. Pure; any thread. */
#ifndef BENCHD_SERVER_DEVICE_H
#define BENCHD_SERVER_DEVICE_H

#include "protocol/boot.h"
#include "server/json.h"

/* The contract's device shape, whole: what identify answers and the store keeps. */
struct json *device_json(const struct device *device, int64_t identified_at);
/* The few members that a board shows. */
struct json *device_json_short(const struct device *device);
/* false: not what device_json() wrote; *device is then empty. */
bool device_from_json(const char *text, struct device *device);

#define UNIQUE_ID_TEXT (2 * CHIP_UNIQUE_ID_BYTES + 1)
/* Lower-case hex, "" when it has none. Gives out back. */
const char *device_unique_id(const struct device *device, char out[UNIQUE_ID_TEXT]);

#endif /* BENCHD_SERVER_DEVICE_H */
