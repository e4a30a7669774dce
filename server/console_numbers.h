/* SPDX-License-Identifier: MIT */
/*
 * console_numbers.h - the numbers in a line that a board printed. Either pairs, "speed:1.2 left=3"
 * (a space after the sign and a unit behind the number may be; other words are passed over), or
 * nothing but numbers, "1.2,3.4", which get the names c1, c2... Pure; any thread.
 */
#ifndef BENCHD_SERVER_CONSOLE_NUMBERS_H
#define BENCHD_SERVER_CONSOLE_NUMBERS_H

#include "protocol/bytes.h"

#define NUMBERS_MAX 32
#define NUMBER_NAME 32

struct number {
	struct span name; /* empty: it has none */
	struct span text; /* as it was printed, without its unit */
};
/* Borrows line. Gives how many, 0: this is no line of numbers. */
size_t numbers_parse(struct span line, struct number out[NUMBERS_MAX]);

/* Columns in the order in which their names came; { 0 } is empty. */
struct columns {
	char names[NUMBERS_MAX][NUMBER_NAME];
	size_t count;
};
/* The column of a number, its position in its line counting from 0; -1: none. */
int columns_find(const struct columns *columns, const struct number *number, size_t position);
/* The same, making it where there is room. */
int columns_add(struct columns *columns, const struct number *number, size_t position);

#endif /* BENCHD_SERVER_CONSOLE_NUMBERS_H */
