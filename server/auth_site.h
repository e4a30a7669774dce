/* SPDX-License-Identifier: MIT */
/* auth_site.h - what auth_check_site() asks, without the credentials. Pure; any thread. */
#ifndef BENCHD_SERVER_AUTH_SITE_H
#define BENCHD_SERVER_AUTH_SITE_H

#include "server/auth.h"

enum auth_verdict site_check(const struct config *config, const struct auth_headers *headers,
	bool changes, bool is_unix);

#endif /* BENCHD_SERVER_AUTH_SITE_H */
