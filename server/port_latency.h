/* SPDX-License-Identifier: MIT */
/*
 * port_latency.h - asking a port to answer at once: the driver by ASYNC_LOW_LATENCY, and an FTDI
 * chip by its timer in sysfs, which holds each answer for 16 ms otherwise. Internal to port*.c.
 */
#ifndef BENCHD_SERVER_PORT_LATENCY_H
#define BENCHD_SERVER_PORT_LATENCY_H

/*
 * Asks for it on the open port fd, whose device is called name ("ttyUSB0"); sysfs is looked for in
 * root ("/sys"). NULL: nothing is known to hold answers back; else what does, and why it could not
 * be changed, in words that live for ever.
 */
const char *port_latency_lower(int fd, const char *root, const char *name);

#endif /* BENCHD_SERVER_PORT_LATENCY_H */
