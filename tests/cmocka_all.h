/* SPDX-License-Identifier: MIT */
/* cmocka_all.h - cmocka with the headers that it wants included first. */
#ifndef BENCHD_TESTS_CMOCKA_ALL_H
#define BENCHD_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif /* BENCHD_TESTS_CMOCKA_ALL_H */
