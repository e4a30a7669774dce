/* SPDX-License-Identifier: MIT */
/*
 * boot.h - a session with the ROM bootloader: entering it, its commands, and the rules that keep
 * a lost byte from doing harm (docs/facts/an3155.md sections 2, 3, 7, 8).
 * No I/O of its own: bytes and time come through the wire, restarts through the control. One
 * session belongs to one thread. Nothing here is retried after the ROM was asked to erase or
 * write: the caller decides.
 */
#ifndef BENCHD_PROTOCOL_BOOT_H
#define BENCHD_PROTOCOL_BOOT_H

#include "protocol/chip.h"
#include "protocol/frame.h"
#include "protocol/quirk.h"
#include "protocol/wire.h"

/* What Get, Get Version, Get ID and the registers of a known part told. */
struct device {
	uint32_t product_id;
	const struct chip *chip; /* NULL: unknown part, or as= was not given */
	uint8_t version;         /* of the protocol, BCD: 0x31 is 3.1 */
	uint8_t commands[32];    /* a bit per command code */
	uint32_t flash_bytes;    /* from the size register, else the row's; 0: not known */
	bool flash_size_is_read; /* flash_bytes comes from the register */
	uint8_t unique_id[CHIP_UNIQUE_ID_BYTES];
	bool has_unique_id;
	bool readout_protected; /* Read Memory was refused at the command stage */
	uint8_t layout_option;  /* the byte of chip_layout.h; chip has that layout */
	bool has_layout_option;
	uint8_t bootloader_id; /* section 4, 0x02: which ROM; 0: none, or not known */
	bool was_blank;        /* the first word of the flash was erased when we connected (Q23) */
	unsigned quirks;       /* enum rom_quirk bits (quirk.h) of this ROM */
};
bool device_has(const struct device *device, uint8_t command);

struct boot_options {
	struct wire_settings settings; /* e.g. 115200, 8E1 */
	uint32_t as_product_id;        /* use this row for an unknown part; 0: none */
	uint32_t flash_bytes; /* from the user, for a part whose size is not known; 0: none */
	bool resume_only;     /* do not restart: the ROM is already running */
	bool is_trial;        /* of a rate: nothing is asked twice, the first failure tells */
	bool may_burst;       /* try whether the ROM takes a whole block at once (boot_burst.c) */
	bool (*cancelled)(void *ctx); /* asked between tries and blocks; NULL: never */
	void *cancelled_ctx;
};

#define BOOT_TURNAROUNDS 7u /* exchanges of connecting that are measured */

struct boot {
	struct wire wire;
	struct control control;
	struct boot_options options;
	struct device device;
	bool is_connected;      /* the ROM answered and the last exchange ended in step */
	bool was_resumed;       /* the ROM had been in sync already: it answered NACK */
	bool go_is_unconfirmed; /* its answer was lost, and the ROM answers no more */
	bool has_changed; /* an erase or write request was sent: content is unsure until verified */
	unsigned retries; /* exchanges that were repeated, for the job's result */
	/* What the adapter costs: from our last byte to the first of the answer; 0: not measured */
	uint32_t turnaround_us;
	uint32_t restart_us; /* what the control took to restart it last; 0: it did not */
	uint32_t sync_us;    /* from then to the 7F that was answered: what came before was lost */
	/* It was tried and works: command, address and data of a block leave at once. */
	bool bursts;
	/* its own: what turnaround_us is the median of */
	uint32_t turnarounds_us[BOOT_TURNAROUNDS];
	size_t turnaround_count;
};

void boot_init(struct boot *boot, struct wire wire, struct control control,
	const struct boot_options *options);

/*
 * Restarts into the ROM (unless resume_only), synchronises, and fills device: Get, Get Version,
 * Get ID, protection, flash size and unique id. Section 2.1: a NACK to 7F is "already talking";
 * junk is swallowed; section 2.2: re-resets between groups of tries until control.wait_ms is over.
 * ERR_TIMEOUT: no answer at all; what tells the first from the second stage ("answered 7F but not
 * the next command: does the adapter send even parity?", section 1). ERR_REPLY, ERR_IO, ERR_GONE,
 * ERR_CANCELLED; ERR_UNSUPPORTED: the control cannot enter the ROM.
 */
enum err boot_connect(struct boot *boot, struct why *why);

/*
 * As above when the session may still be in step: Get ID first, everything else only if that fails.
 * Where a person restarts the board, 7F first: they may have done so.
 */
enum err boot_reconnect(struct boot *boot, struct why *why);

/*
 * Read Memory. len 1..256. Where the part refuses short reads of its system area
 * (CHIP_WHOLE_BLOCK_READS) a whole block is read and cut. With boot->bursts in one exchange; if
 * that fails, step by step and so for the rest of the session.
 * ERR_READ_PROTECTED: refused at the command stage. ERR_NACK: address or length refused.
 * ERR_TIMEOUT, ERR_REPLY, ERR_IO, ERR_GONE: is_connected is false.
 */
enum err boot_read(struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why);
/*
 * How many bytes a request of a long read should ask for, 1..256: as many as the part gives at
 * once, less those that an adapter which gathers what it receives would hold back.
 */
size_t boot_read_size(const struct boot *boot);
/*
 * The same of just these bytes, in an area that is shorter than a block: option bytes. The caller
 * has the address from the part's row. Errors as above.
 */
enum err boot_read_exact(
	struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why);
/*
 * Could [addr, addr+len) be read, of any length? ERR_RANGE: it leaves the flash, or (where the ROM
 * would meet that with silence) the part. What may be refused besides, only the ROM knows.
 */
enum err boot_check_read(const struct boot *boot, uint32_t addr, uint32_t len, struct why *why);
/* The most that one Write Memory of this part takes: boot_write() sends more in pieces. */
size_t boot_longest_write(const struct boot *boot);
/*
 * Write Memory. data.len 1..256, addr and length multiples of 4 (of the part's write_align for
 * flash): the caller pads. ERR_OK means the ROM said ACK, which proves nothing: verify. With
 * boot->bursts in one exchange, where nothing in it could be taken for another command; a failure
 * ends the bursts of the session.
 */
enum err boot_write(struct boot *boot, uint32_t addr, struct span data, struct why *why);
/*
 * Erase or Extended Erase, as Get lists, of consecutive sectors; the deadline follows count and
 * size (section 7). The caller keeps count at boot_erase_chunk() or less.
 */
enum err boot_erase(struct boot *boot, uint32_t first, uint32_t count, struct why *why);
/* How many sectors starting at first one request should take: short waits, smooth progress. */
uint32_t boot_erase_chunk(const struct boot *boot, uint32_t first, uint32_t count);
/* ERR_UNSUPPORTED: this part has no mass erase (Q8): erase all sectors instead. */
enum err boot_mass_erase(struct boot *boot, struct why *why);
/*
 * Go: addr is the vector table's. ERR_OK: the ROM said ACK and has jumped; is_connected is false.
 * Where nothing can restart it, a Go whose answer was lost is asked again if the ROM is still
 * there, and is ERR_OK with go_is_unconfirmed if not: short of a jump nothing makes it so silent.
 * ERR_ARGUMENT: no vector table can be there. ERR_READ_PROTECTED: the ROM would refuse.
 */
enum err boot_go(struct boot *boot, uint32_t addr, struct why *why);
/* The protection commands; the ROM may reset afterwards: is_connected is false. */
enum err boot_write_protect(struct boot *boot, struct span units, struct why *why);
enum err boot_write_unprotect(struct boot *boot, struct why *why);
enum err boot_readout_protect(struct boot *boot, struct why *why);
enum err boot_readout_unprotect(struct boot *boot, struct why *why); /* erases the whole part */
/*
 * The whole area of option bytes, which is erased first; data is as long as the area. The part may
 * reset and load them: is_connected is false. ERR_ARGUMENT: not the whole area. ERR_UNSUPPORTED:
 * they are registers. Others as boot_write().
 */
enum err boot_write_options(struct boot *boot, struct span data, struct why *why);
/*
 * Get Checksum of [addr, addr+len): the STM32 CRC unit's over little-endian words (section 4,
 * 0xA1), as crc_stm32() computes it. addr and len are multiples of 4. Both readings of the ACK
 * sequence are understood. ERR_UNSUPPORTED: the ROM has none; else as boot_read().
 */
enum err boot_checksum(
	struct boot *boot, uint32_t addr, uint32_t len, uint32_t *crc, struct why *why);
/*
 * How wide F2, F4 and F7 program, by the supply (section 4, 0x31; Q10): 4 bytes at 0xFFFF0000.
 * supply_mv 0 or a part without the register: nothing is sent.
 */
enum err boot_set_supply(struct boot *boot, uint32_t supply_mv, struct why *why);
/*
 * Brings the two sides back in step after a lost byte, with filler 0x02 (section 8.2), and
 * confirms with Get ID. Never called while an erase request may be half sent. With a control that
 * resets, only as many fillers as are quicker than that.
 * ERR_TIMEOUT: the ROM is gone: restart it.
 */
enum err boot_resync(struct boot *boot, struct why *why);

#endif /* BENCHD_PROTOCOL_BOOT_H */
