/* SPDX-License-Identifier: MIT */
/* doctor_access.c - why a port can't be opened, and which group opens it. */
#include "server/job_doctor.h"

#include "server/port.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRY_BYTES = 4096 };

unsigned doctor_absence_sign(const struct why *absence)
{
	if (absence->what == port_in_use)
		return SIGN_PORT_BUSY;
	if (absence->what == port_no_permission)
		return SIGN_NO_PERMISSION;
	if (absence->err == ERR_CONTROL)
		return SIGN_CONTROL_FAILED;
	return absence->err == ERR_GONE ? SIGN_NO_PORT : SIGN_PORT_FAILED;
}

static void name_user(char name[64])
{
	char memory[ENTRY_BYTES];
	struct passwd entry, *found = NULL;

	if (!getpwuid_r(geteuid(), &entry, memory, sizeof(memory), &found) && found)
		snprintf(name, 64, "%s", found->pw_name);
	else
		snprintf(name, 64, "%u", (unsigned)geteuid());
}

void doctor_access(const char *path, char text[ACCESS_TEXT])
{
	char memory[ENTRY_BYTES], user[64];
	struct group entry, *found = NULL;
	struct stat st;

	name_user(user);
	if (stat(path, &st)) {
		snprintf(
			text, ACCESS_TEXT, "A folder above the port can't be entered by %s.", user);
		return;
	}
	if ((st.st_mode & 0060) != 0060 || st.st_gid == 0) {
		snprintf(text, ACCESS_TEXT,
			"Give the device a group that may read and write it (a udev rule with "
			"GROUP=\"dialout\", MODE=\"0660\"), and add %s to that group.",
			user);
		return;
	}
	if (getgrgid_r(st.st_gid, &entry, memory, sizeof(memory), &found) || !found) {
		snprintf(text, ACCESS_TEXT, "Add %s to the group %u.", user, (unsigned)st.st_gid);
		return;
	}
	snprintf(text, ACCESS_TEXT, "sudo usermod -aG %s %s, and start benchd again.",
		found->gr_name, user);
}
