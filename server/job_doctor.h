/* SPDX-License-Identifier: MIT */
/* job_doctor.h - why a port can't be opened, put into the doctor's signs. Internal to job_*.c. */
#ifndef BENCHD_SERVER_JOB_DOCTOR_H
#define BENCHD_SERVER_JOB_DOCTOR_H

#include "protocol/doctor.h"
#include "server/job_step.h"

#define ACCESS_TEXT 200

/* What port_open() said, or control_open(), as a sign of doctor.h. */
unsigned doctor_absence_sign(const struct why *absence);
/*
 * How the user that we are gets at path: the command that adds them to the device's group, or what
 * else keeps them out.
 */
void doctor_access(const char *path, char text[ACCESS_TEXT]);

#endif /* BENCHD_SERVER_JOB_DOCTOR_H */
