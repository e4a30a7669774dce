/* SPDX-License-Identifier: MIT */
/*
 * boot_internal.h - what the boot*.c files share: one exchange with the ROM, stage by stage.
 * Included by boot*.c only. One thread, as boot.h says.
 */
#ifndef BENCHD_PROTOCOL_BOOT_INTERNAL_H
#define BENCHD_PROTOCOL_BOOT_INTERNAL_H

#include "protocol/boot.h"

/* Waits, in ms (docs/facts/an3155.md section 7). Time on the line is added to each. */
enum {
	ACK_MS = 1000,     /* a command, an address, a length */
	READ_MS = 1000,    /* data of Read Memory */
	PROTECT_MS = 2000, /* the second reply of 0x63, 0x73, 0x82 */
	READOUT_UNPROTECT_MS = 60000,
	DRAIN_MS = 20,        /* quiet that ends a drain: above a USB adapter's 16 ms */
	SECOND_NACK_MS = 500, /* where two NACKs are known to come: progstm32's wait, Q5 */
	FILLER_MS = 50,       /* after each filler byte: section 8.2 */
};

#define EXCHANGE_TRIES 3u  /* of a request that changes nothing */
#define FILLERS_IDLE 8u    /* enough where no more than a short block can be half sent */
#define FILLERS_WRITE 260u /* enough for a partial Write: section 8.2, step 3 */

/* One request and its replies, and where to say what went wrong with it. */
struct exchange {
	struct boot *boot;
	struct why *why; /* may be NULL */
	uint8_t command;
	bool has_addr;
	uint32_t addr;
};

/* What a NACK or silence means at one stage of an exchange (section 8.1). */
struct meaning {
	const char *nack, *silence;
};
extern const struct meaning meaning_data; /* of data or a list that was sent */

/*
 * Fills why. is_connected stays true only when the two sides are surely still in step: after a
 * NACK, which ends a command on both sides (section 3, rule 5), and when nothing was sent.
 */
enum err exchange_fail(struct exchange *x, enum err e, const char *what);
/* The command pair and its ACK. What was received before is dropped: it answers nothing of this. */
enum err exchange_command(struct exchange *x);
/* x->addr and its ACK. */
enum err exchange_address(struct exchange *x);
/* A block that is answered with one ACK, at the latest wait_ms after it is on the line. */
enum err exchange_block(
	struct exchange *x, struct span block, uint32_t wait_ms, const struct meaning *meaning);
/* Bytes that are answered later. */
enum err exchange_send(struct exchange *x, struct span out, const char *what);
/* One ACK, nothing sent. */
enum err exchange_ack(struct exchange *x, uint32_t wait_ms, const struct meaning *meaning);
/* Exactly want bytes. */
enum err exchange_data(struct exchange *x, uint8_t *in, size_t want);
/* At most want bytes, until nothing came for gap_ms: *got says how many. Silence is no error. */
enum err exchange_until_quiet(
	struct exchange *x, uint8_t *in, size_t want, uint32_t gap_ms, size_t *got);

/* Milliseconds that bytes take on the line, rounded up. */
uint32_t boot_wire_ms(const struct boot *boot, size_t bytes);
bool boot_is_cancelled(const struct boot *boot);
/*
 * An exchange of so many bytes, both ways, that began then has just ended: its time less the line's
 * counts for turnaround_us, until enough of them were measured.
 */
void boot_note_turnaround(struct boot *boot, uint64_t began_us, size_t bytes);
/* Swallows what comes until nothing did for quiet_ms (bounded, for a board that never stops). */
enum err boot_drain(struct boot *boot, uint32_t quiet_ms);
/* Get, after 7F: only its answer shows that this is the ROM. Fills version and commands. */
enum err boot_ask_commands(struct boot *boot, struct why *why);
/* All the rest of device. Refusals are told in it; others leave it half filled. */
enum err boot_identify(struct boot *boot, struct why *why);
/* Get ID, whatever it answers, shows that both sides are in step; fills *product_id, 0: NACK. */
enum err boot_get_id(struct boot *boot, uint32_t *product_id, struct why *why);
/* boot_resync() with a bound on the fillers. */
enum err boot_resync_within(struct boot *boot, unsigned fillers, struct why *why);
/*
 * Whether a request that changed nothing deserves another try after e, the tries-th failure: if so
 * both sides are back in step and boot->retries has counted it.
 */
bool boot_may_repeat(struct boot *boot, enum err e, unsigned tries);
/* What the last try met, once there is no other; the stage is the caller's. */
void boot_tell(struct why *why, const struct why *last);
/* Refused before a byte is sent: not connected, or not a command that Get listed. */
enum err boot_check_command(struct boot *boot, uint8_t command, struct why *why);
/* The most that one Read Memory of this part may ask for. */
size_t boot_longest_read(const struct boot *boot);
/* Read Memory without the checks on its address, for registers whose place a row tells. */
enum err boot_read_raw(struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why);
/* A read that may be refused: by itself, else in the whole block that holds it (Q7). */
enum err boot_read_register(
	struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why);

#endif /* BENCHD_PROTOCOL_BOOT_INTERNAL_H */
