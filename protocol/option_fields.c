/* SPDX-License-Identifier: MIT */
/*
 * option_fields.c - the option bytes' fields by name. What is not named here (PCROP areas, secure
 * areas, reserved bits) is kept as it is read.
 */
#include "protocol/option_bytes.h"

#include <assert.h>
#include <string.h>

#define WATCHDOG "0: the independent watchdog runs from reset on; 1: the program starts it."
#define WINDOW "0: the window watchdog runs from reset on; 1: the program starts it."
#define IN_STOP "0: the independent watchdog stands still in Stop mode."
#define IN_STANDBY "0: the independent watchdog stands still in Standby mode."
#define STOP "0: entering Stop mode resets the part."
#define STANDBY "0: entering Standby mode resets the part."
#define SHUTDOWN "0: entering Shutdown mode resets the part."
#define READOUT_AA "0xAA: nothing is protected. Any other value but 0xCC: readout protection."
#define READOUT_A5 "0xA5: nothing is protected. Any other value: readout protection."
#define BOOT1 "With BOOT0 high, 1 starts the bootloader and 0 what is in RAM."
#define BOOT0 "Stands for the BOOT0 pin where the pin is not asked: 0 is a high pin."
#define PIN_WHEN_1 "1: the BOOT0 pin is asked; 0: the bit nBOOT0."
#define PIN_WHEN_0 "0: the BOOT0 pin is asked; 1: the bit nBOOT0."
#define BANK2 "Whether the second bank is started, where it holds a program."
#define BANKS "How the flash is divided into banks."
#define LOCK "1: the part starts from its flash for ever; the bootloader is never reached again."
#define BOR_4 "Brown-out reset: 3 off, 2 below 2.1 V, 1 below 2.4 V, 0 below 2.7 V."
#define BOR_5 "Brown-out reset below: 0 1.7 V, 1 2.0 V, 2 2.2 V, 3 2.5 V, 4 2.8 V."
#define BOR_L "Brown-out reset: 0 to 7 off, 8 to 12 below 1.8, 2.0, 2.4, 2.6, 2.9 V."
#define BOR_ON "1: brown-out reset by the two levels."
#define BOR_RISE "Brown-out reset ends above: 0 2.1 V, 1 2.3 V, 2 2.6 V, 3 2.9 V."
#define BOR_FALL "Brown-out reset begins below: 0 2.0 V, 1 2.2 V, 2 2.5 V, 3 2.8 V."
#define RAM_RESET "0: this RAM is erased by a reset."
#define RAM_PARITY "0: the parity of the RAM is checked."
#define RESET_PIN "1: input only; 2: an ordinary pin; 3: reset input and output."
#define RESET_HOLD "1: an internal reset drives the pin low until it is seen there."
#define VDDA "1: the analog supply is watched."
#define YOURS "A byte for the program's own use."
#define WRITE_CLEAR "A bit for each unit; 0 protects it from writing."
#define WRITE_SET "A bit for each unit; 1 protects it from writing."
#define FIRST "First page of a range that is protected from writing."
#define LAST "Last page of it; none is protected where this lies before the first."
#define ADDRESS "Where the part starts: this times 16384."

/* PM0075 2.5; PM0068 for XL-density */
static const struct option_field f1[] = {
	{ "RDP", 0, 0, 8, OPTION_READOUT, { 0 }, READOUT_A5 },
	{ "WDG_SW", 2, 0, 1, OPTION_PLAIN, { 0 }, WATCHDOG },
	{ "nRST_STOP", 2, 1, 1, OPTION_PLAIN, { 0 }, STOP },
	{ "nRST_STDBY", 2, 2, 1, OPTION_PLAIN, { 0 }, STANDBY },
	{ "BFB2", 2, 3, 1, OPTION_BOOT, { 0x430 }, BANK2 },
	{ "Data0", 4, 0, 8, OPTION_PLAIN, { 0 }, YOURS },
	{ "Data1", 6, 0, 8, OPTION_PLAIN, { 0 }, YOURS },
	{ "WRP0", 8, 0, 8, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
	{ "WRP1", 10, 0, 8, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
	{ "WRP2", 12, 0, 8, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
	{ "WRP3", 14, 0, 8, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
};

/* RM0091 4.1, RM0360 4.1: nBOOT0 and BOOT_SEL on F04x, F070x6, F09x, F030xC */
static const struct option_field f0[] = {
	{ "RDP", 0, 0, 8, OPTION_READOUT, { 0 }, READOUT_AA },
	{ "WDG_SW", 2, 0, 1, OPTION_PLAIN, { 0 }, WATCHDOG },
	{ "nRST_STOP", 2, 1, 1, OPTION_PLAIN, { 0 }, STOP },
	{ "nRST_STDBY", 2, 2, 1, OPTION_PLAIN, { 0 }, STANDBY },
	{ "nBOOT0", 2, 3, 1, OPTION_BOOT, { 0x442, 0x445 }, BOOT0 },
	{ "nBOOT1", 2, 4, 1, OPTION_BOOT, { 0 }, BOOT1 },
	{ "VDDA_MONITOR", 2, 5, 1, OPTION_PLAIN, { 0 }, VDDA },
	{ "RAM_PARITY_CHECK", 2, 6, 1, OPTION_PLAIN, { 0 }, RAM_PARITY },
	{ "BOOT_SEL", 2, 7, 1, OPTION_BOOT, { 0x442, 0x445 }, PIN_WHEN_1 },
	{ "DATA0", 4, 0, 8, OPTION_PLAIN, { 0 }, YOURS },
	{ "DATA1", 6, 0, 8, OPTION_PLAIN, { 0 }, YOURS },
	{ "WRP0", 8, 0, 8, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
	{ "WRP1", 10, 0, 8, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
	{ "WRP2", 12, 0, 8, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
	{ "WRP3", 14, 0, 8, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
};

/* RM0316 5.1; RM0313 for F37x */
static const struct option_field f3[] = {
	{ "RDP", 0, 0, 8, OPTION_READOUT, { 0 }, READOUT_AA },
	{ "WDG_SW", 2, 0, 1, OPTION_PLAIN, { 0 }, WATCHDOG },
	{ "nRST_STOP", 2, 1, 1, OPTION_PLAIN, { 0 }, STOP },
	{ "nRST_STDBY", 2, 2, 1, OPTION_PLAIN, { 0 }, STANDBY },
	{ "nBOOT1", 2, 4, 1, OPTION_BOOT, { 0 }, BOOT1 },
	{ "VDDA_MONITOR", 2, 5, 1, OPTION_PLAIN, { 0 }, VDDA },
	{ "SRAM_PE", 2, 6, 1, OPTION_PLAIN, { 0 }, RAM_PARITY },
	{ "SDADC12_VDD_MONITOR", 2, 7, 1, OPTION_PLAIN, { 0x432 }, VDDA },
	{ "Data0", 4, 0, 8, OPTION_PLAIN, { 0 }, YOURS },
	{ "Data1", 6, 0, 8, OPTION_PLAIN, { 0 }, YOURS },
	{ "WRP0", 8, 0, 8, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
	{ "WRP1", 10, 0, 8, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
	{ "WRP2", 12, 0, 8, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
	{ "WRP3", 14, 0, 8, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
};

/* RM0033 2.6.1, RM0090 3.9.1, RM0368 3.6.1; BFB2 and DB1M on F42x, F43x, F469, F479 */
static const struct option_field f4[] = {
	{ "RDP", 1, 0, 8, OPTION_READOUT, { 0 }, READOUT_AA },
	{ "BOR_LEV", 0, 2, 2, OPTION_PLAIN, { 0 }, BOR_4 },
	{ "BFB2", 0, 4, 1, OPTION_BOOT, { 0x419, 0x434 }, BANK2 },
	{ "WDG_SW", 0, 5, 1, OPTION_PLAIN, { 0 }, WATCHDOG },
	{ "nRST_STOP", 0, 6, 1, OPTION_PLAIN, { 0 }, STOP },
	{ "nRST_STDBY", 0, 7, 1, OPTION_PLAIN, { 0 }, STANDBY },
	{ "nWRP", 8, 0, 12, OPTION_PLAIN, { 0 }, WRITE_CLEAR },
	{ "DB1M", 8, 14, 1, OPTION_GEOMETRY, { 0x419, 0x434 }, BANKS },
};

/* RM0385 3.4.1, RM0431 3.4.1; RM0410 3.4.1 for F76x, F77x */
static const struct option_field f7[] = {
	{ "RDP", 1, 0, 8, OPTION_READOUT, { 0 }, READOUT_AA },
	{ "BOR_LEV", 0, 2, 2, OPTION_PLAIN, { 0 }, BOR_4 },
	{ "WWDG_SW", 0, 4, 1, OPTION_PLAIN, { 0 }, WINDOW },
	{ "IWDG_SW", 0, 5, 1, OPTION_PLAIN, { 0 }, WATCHDOG },
	{ "nRST_STOP", 0, 6, 1, OPTION_PLAIN, { 0 }, STOP },
	{ "nRST_STDBY", 0, 7, 1, OPTION_PLAIN, { 0 }, STANDBY },
	{ "nWRP", 8, 0, 8, OPTION_PLAIN, { 0x449, 0x452 }, WRITE_CLEAR },
	{ "nWRP", 8, 0, 12, OPTION_PLAIN, { 0x451 }, WRITE_CLEAR },
	{ "nDBOOT", 8, 12, 1, OPTION_BOOT, { 0x451 }, BANK2 },
	{ "nDBANK", 8, 13, 1, OPTION_GEOMETRY, { 0x451 }, BANKS },
	{ "IWDG_STDBY", 8, 14, 1, OPTION_PLAIN, { 0 }, IN_STANDBY },
	{ "IWDG_STOP", 8, 15, 1, OPTION_PLAIN, { 0 }, IN_STOP },
	{ "BOOT_ADD0", 16, 0, 16, OPTION_BOOT, { 0 }, "With BOOT low. " ADDRESS },
	{ "BOOT_ADD1", 24, 0, 16, OPTION_BOOT, { 0 }, "With BOOT high. " ADDRESS },
};

/* RM0367 3.4, RM0376, RM0377: nBOOT_SEL and nBOOT0 in category 1, BFB2 in category 5 */
static const struct option_field l0[] = {
	{ "RDPROT", 0, 0, 8, OPTION_READOUT, { 0 }, READOUT_AA },
	{ "BOR_LEV", 4, 0, 4, OPTION_PLAIN, { 0 }, BOR_L },
	{ "WDG_SW", 4, 4, 1, OPTION_PLAIN, { 0 }, WATCHDOG },
	{ "nRST_STOP", 4, 5, 1, OPTION_PLAIN, { 0 }, STOP },
	{ "nRST_STDBY", 4, 6, 1, OPTION_PLAIN, { 0 }, STANDBY },
	{ "BFB2", 4, 7, 1, OPTION_BOOT, { 0x447 }, BANK2 },
	{ "nBOOT_SEL", 4, 13, 1, OPTION_BOOT, { 0x457 }, PIN_WHEN_0 },
	{ "nBOOT0", 4, 14, 1, OPTION_BOOT, { 0x457 }, BOOT0 },
	{ "nBOOT1", 4, 15, 1, OPTION_BOOT, { 0 }, BOOT1 },
	{ "WRPROT1_L", 8, 0, 16, OPTION_PLAIN, { 0 }, WRITE_SET },
	{ "WRPROT1_H", 12, 0, 16, OPTION_PLAIN, { 0 }, WRITE_SET },
	{ "WRPROT2_L", 16, 0, 16, OPTION_PLAIN, { 0 }, WRITE_SET },
};

/* RM0038 3.7; nBFB2 in categories 4 to 6 */
static const struct option_field l1[] = {
	{ "RDPROT", 0, 0, 8, OPTION_READOUT, { 0 }, READOUT_AA },
	{ "BOR_LEV", 4, 0, 4, OPTION_PLAIN, { 0 }, BOR_L },
	{ "IWDG_SW", 4, 4, 1, OPTION_PLAIN, { 0 }, WATCHDOG },
	{ "nRST_STOP", 4, 5, 1, OPTION_PLAIN, { 0 }, STOP },
	{ "nRST_STDBY", 4, 6, 1, OPTION_PLAIN, { 0 }, STANDBY },
	{ "nBFB2", 4, 7, 1, OPTION_BOOT, { 0x436, 0x437 }, BANK2 },
	{ "WRP1_L", 8, 0, 16, OPTION_PLAIN, { 0 }, WRITE_SET },
	{ "WRP1_H", 12, 0, 16, OPTION_PLAIN, { 0 }, WRITE_SET },
	{ "WRP2_L", 16, 0, 16, OPTION_PLAIN, { 0 }, WRITE_SET },
	{ "WRP2_H", 20, 0, 16, OPTION_PLAIN, { 0 }, WRITE_SET },
	{ "WRP3_L", 24, 0, 16, OPTION_PLAIN, { 0 }, WRITE_SET },
	{ "WRP3_H", 28, 0, 16, OPTION_PLAIN, { 0 }, WRITE_SET },
};

/* RM0351 3.4, RM0394 3.4; RM0432 3.4 for L4+. L47x asks the pin alone. */
static const struct option_field l4[] = {
	{ "RDP", 0, 0, 8, OPTION_READOUT, { 0 }, READOUT_AA },
	{ "BOR_LEV", 0, 8, 3, OPTION_PLAIN, { 0 }, BOR_5 },
	{ "nRST_STOP", 0, 12, 1, OPTION_PLAIN, { 0 }, STOP },
	{ "nRST_STDBY", 0, 13, 1, OPTION_PLAIN, { 0 }, STANDBY },
	{ "nRST_SHDW", 0, 14, 1, OPTION_PLAIN, { 0 }, SHUTDOWN },
	{ "IWDG_SW", 0, 16, 1, OPTION_PLAIN, { 0 }, WATCHDOG },
	{ "IWDG_STOP", 0, 17, 1, OPTION_PLAIN, { 0 }, IN_STOP },
	{ "IWDG_STDBY", 0, 18, 1, OPTION_PLAIN, { 0 }, IN_STANDBY },
	{ "WWDG_SW", 0, 19, 1, OPTION_PLAIN, { 0 }, WINDOW },
	{ "BFB2", 0, 20, 1, OPTION_BOOT, { 0x415, 0x461, 0x470, 0x471 }, BANK2 },
	{ "DUALBANK", 0, 21, 1, OPTION_GEOMETRY, { 0x415, 0x461 }, BANKS },
	{ "DB1M", 0, 21, 1, OPTION_GEOMETRY, { 0x470 }, BANKS },
	{ "DB512K", 0, 21, 1, OPTION_GEOMETRY, { 0x471 }, BANKS },
	{ "DBANK", 0, 22, 1, OPTION_GEOMETRY, { 0x470, 0x471 }, BANKS },
	{ "nBOOT1", 0, 23, 1, OPTION_BOOT, { 0 }, BOOT1 },
	{ "SRAM2_PE", 0, 24, 1, OPTION_PLAIN, { 0 }, RAM_PARITY },
	{ "SRAM2_RST", 0, 25, 1, OPTION_PLAIN, { 0 }, RAM_RESET },
	{ "nSWBOOT0", 0, 26, 1, OPTION_BOOT, { 0x435, 0x461, 0x462, 0x464, 0x470, 0x471 },
		PIN_WHEN_1 },
	{ "nBOOT0", 0, 27, 1, OPTION_BOOT, { 0x435, 0x461, 0x462, 0x464, 0x470, 0x471 }, BOOT0 },
	{ "WRP1A_STRT", 24, 0, 8, OPTION_PLAIN, { 0 }, FIRST },
	{ "WRP1A_END", 24, 16, 8, OPTION_PLAIN, { 0 }, LAST },
	{ "WRP1B_STRT", 32, 0, 8, OPTION_PLAIN, { 0 }, FIRST },
	{ "WRP1B_END", 32, 16, 8, OPTION_PLAIN, { 0 }, LAST },
};

/* RM0440 5.4; BFB2 and DBANK in category 3, BOOT_LOCK in the others */
static const struct option_field g4[] = {
	{ "RDP", 0, 0, 8, OPTION_READOUT, { 0 }, READOUT_AA },
	{ "BOR_LEV", 0, 8, 3, OPTION_PLAIN, { 0 }, BOR_5 },
	{ "nRST_STOP", 0, 12, 1, OPTION_PLAIN, { 0 }, STOP },
	{ "nRST_STDBY", 0, 13, 1, OPTION_PLAIN, { 0 }, STANDBY },
	{ "nRST_SHDW", 0, 14, 1, OPTION_PLAIN, { 0 }, SHUTDOWN },
	{ "IWDG_SW", 0, 16, 1, OPTION_PLAIN, { 0 }, WATCHDOG },
	{ "IWDG_STOP", 0, 17, 1, OPTION_PLAIN, { 0 }, IN_STOP },
	{ "IWDG_STDBY", 0, 18, 1, OPTION_PLAIN, { 0 }, IN_STANDBY },
	{ "WWDG_SW", 0, 19, 1, OPTION_PLAIN, { 0 }, WINDOW },
	{ "BFB2", 0, 20, 1, OPTION_BOOT, { 0x469 }, BANK2 },
	{ "DBANK", 0, 22, 1, OPTION_GEOMETRY, { 0x469 }, BANKS },
	{ "nBOOT1", 0, 23, 1, OPTION_BOOT, { 0 }, BOOT1 },
	{ "SRAM_PE", 0, 24, 1, OPTION_PLAIN, { 0 }, RAM_PARITY },
	{ "CCMSRAM_RST", 0, 25, 1, OPTION_PLAIN, { 0 }, RAM_RESET },
	{ "nSWBOOT0", 0, 26, 1, OPTION_BOOT, { 0 }, PIN_WHEN_1 },
	{ "nBOOT0", 0, 27, 1, OPTION_BOOT, { 0 }, BOOT0 },
	{ "NRST_MODE", 0, 28, 2, OPTION_PLAIN, { 0 }, RESET_PIN },
	{ "IRHEN", 0, 30, 1, OPTION_PLAIN, { 0 }, RESET_HOLD },
	{ "WRP1A_STRT", 24, 0, 8, OPTION_PLAIN, { 0 }, FIRST },
	{ "WRP1A_END", 24, 16, 8, OPTION_PLAIN, { 0 }, LAST },
	{ "WRP1B_STRT", 32, 0, 8, OPTION_PLAIN, { 0 }, FIRST },
	{ "WRP1B_END", 32, 16, 8, OPTION_PLAIN, { 0 }, LAST },
	{ "BOOT_LOCK", 40, 16, 1, OPTION_LOCK, { 0x468, 0x479 }, LOCK },
};

/* RM0444 3.4, RM0454; the banks on G0B1 and G0C1 */
static const struct option_field g0[] = {
	{ "RDP", 0, 0, 8, OPTION_READOUT, { 0 }, READOUT_AA },
	{ "BOR_EN", 0, 8, 1, OPTION_PLAIN, { 0 }, BOR_ON },
	{ "BORF_LEV", 0, 9, 2, OPTION_PLAIN, { 0 }, BOR_FALL },
	{ "BORR_LEV", 0, 11, 2, OPTION_PLAIN, { 0 }, BOR_RISE },
	{ "nRST_STOP", 0, 13, 1, OPTION_PLAIN, { 0 }, STOP },
	{ "nRST_STDBY", 0, 14, 1, OPTION_PLAIN, { 0 }, STANDBY },
	{ "nRST_SHDW", 0, 15, 1, OPTION_PLAIN, { 0 }, SHUTDOWN },
	{ "IWDG_SW", 0, 16, 1, OPTION_PLAIN, { 0 }, WATCHDOG },
	{ "IWDG_STOP", 0, 17, 1, OPTION_PLAIN, { 0 }, IN_STOP },
	{ "IWDG_STDBY", 0, 18, 1, OPTION_PLAIN, { 0 }, IN_STANDBY },
	{ "WWDG_SW", 0, 19, 1, OPTION_PLAIN, { 0 }, WINDOW },
	{ "nSWAP_BANK", 0, 20, 1, OPTION_GEOMETRY, { 0x467 }, "0: the banks change places." },
	{ "DUAL_BANK", 0, 21, 1, OPTION_GEOMETRY, { 0x467 }, BANKS },
	{ "RAM_PARITY_CHECK", 0, 22, 1, OPTION_PLAIN, { 0 }, RAM_PARITY },
	{ "nBOOT_SEL", 0, 24, 1, OPTION_BOOT, { 0 }, PIN_WHEN_0 },
	{ "nBOOT1", 0, 25, 1, OPTION_BOOT, { 0 }, BOOT1 },
	{ "nBOOT0", 0, 26, 1, OPTION_BOOT, { 0 }, BOOT0 },
	{ "NRST_MODE", 0, 27, 2, OPTION_PLAIN, { 0 }, RESET_PIN },
	{ "IRHEN", 0, 29, 1, OPTION_PLAIN, { 0 }, RESET_HOLD },
	{ "WRP1A_STRT", 24, 0, 8, OPTION_PLAIN, { 0 }, FIRST },
	{ "WRP1A_END", 24, 16, 8, OPTION_PLAIN, { 0 }, LAST },
	{ "WRP1B_STRT", 32, 0, 8, OPTION_PLAIN, { 0 }, FIRST },
	{ "WRP1B_END", 32, 16, 8, OPTION_PLAIN, { 0 }, LAST },
	{ "BOOT_LOCK", 112, 16, 1, OPTION_LOCK, { 0 }, LOCK },
};

/* RM0490 3.4: as G0, the two levels of the brown-out reset the other way round */
static const struct option_field c0[] = {
	{ "RDP", 0, 0, 8, OPTION_READOUT, { 0 }, READOUT_AA },
	{ "BOR_EN", 0, 8, 1, OPTION_PLAIN, { 0 }, BOR_ON },
	{ "BORR_LEV", 0, 9, 2, OPTION_PLAIN, { 0 }, BOR_RISE },
	{ "BORF_LEV", 0, 11, 2, OPTION_PLAIN, { 0 }, BOR_FALL },
	{ "nRST_STOP", 0, 13, 1, OPTION_PLAIN, { 0 }, STOP },
	{ "nRST_STDBY", 0, 14, 1, OPTION_PLAIN, { 0 }, STANDBY },
	{ "nRST_SHDW", 0, 15, 1, OPTION_PLAIN, { 0 }, SHUTDOWN },
	{ "IWDG_SW", 0, 16, 1, OPTION_PLAIN, { 0 }, WATCHDOG },
	{ "IWDG_STOP", 0, 17, 1, OPTION_PLAIN, { 0 }, IN_STOP },
	{ "IWDG_STDBY", 0, 18, 1, OPTION_PLAIN, { 0 }, IN_STANDBY },
	{ "WWDG_SW", 0, 19, 1, OPTION_PLAIN, { 0 }, WINDOW },
	{ "RAM_PARITY_CHECK", 0, 22, 1, OPTION_PLAIN, { 0 }, RAM_PARITY },
	{ "nBOOT_SEL", 0, 24, 1, OPTION_BOOT, { 0 }, PIN_WHEN_0 },
	{ "nBOOT1", 0, 25, 1, OPTION_BOOT, { 0 }, BOOT1 },
	{ "nBOOT0", 0, 26, 1, OPTION_BOOT, { 0 }, BOOT0 },
	{ "NRST_MODE", 0, 27, 2, OPTION_PLAIN, { 0 }, RESET_PIN },
	{ "IRHEN", 0, 29, 1, OPTION_PLAIN, { 0 }, RESET_HOLD },
	{ "WRP1A_STRT", 24, 0, 8, OPTION_PLAIN, { 0 }, FIRST },
	{ "WRP1A_END", 24, 16, 8, OPTION_PLAIN, { 0 }, LAST },
	{ "WRP1B_STRT", 32, 0, 8, OPTION_PLAIN, { 0 }, FIRST },
	{ "WRP1B_END", 32, 16, 8, OPTION_PLAIN, { 0 }, LAST },
	{ "BOOT_LOCK", 112, 16, 1, OPTION_LOCK, { 0 }, LOCK },
};

/* RM0434 3.10.8, RM0453 4.10.8; the boot locks on WL */
static const struct option_field wb[] = {
	{ "RDP", 0, 0, 8, OPTION_READOUT, { 0 }, READOUT_AA },
	{ "BOR_LEV", 0, 9, 3, OPTION_PLAIN, { 0 }, BOR_5 },
	{ "nRST_STOP", 0, 12, 1, OPTION_PLAIN, { 0 }, STOP },
	{ "nRST_STDBY", 0, 13, 1, OPTION_PLAIN, { 0 }, STANDBY },
	{ "nRST_SHDW", 0, 14, 1, OPTION_PLAIN, { 0 }, SHUTDOWN },
	{ "IWDG_SW", 0, 16, 1, OPTION_PLAIN, { 0 }, WATCHDOG },
	{ "IWDG_STOP", 0, 17, 1, OPTION_PLAIN, { 0 }, IN_STOP },
	{ "IWDG_STDBY", 0, 18, 1, OPTION_PLAIN, { 0 }, IN_STANDBY },
	{ "WWDG_SW", 0, 19, 1, OPTION_PLAIN, { 0 }, WINDOW },
	{ "nBOOT1", 0, 23, 1, OPTION_BOOT, { 0 }, BOOT1 },
	{ "SRAM2_PE", 0, 24, 1, OPTION_PLAIN, { 0 }, RAM_PARITY },
	{ "SRAM2_RST", 0, 25, 1, OPTION_PLAIN, { 0x494, 0x495, 0x496 }, RAM_RESET },
	{ "SRAM_RST", 0, 25, 1, OPTION_PLAIN, { 0x497 }, RAM_RESET },
	{ "nSWBOOT0", 0, 26, 1, OPTION_BOOT, { 0 }, PIN_WHEN_1 },
	{ "nBOOT0", 0, 27, 1, OPTION_BOOT, { 0 }, BOOT0 },
	{ "BOOT_LOCK", 0, 30, 1, OPTION_LOCK, { 0x497 }, LOCK },
	{ "C2BOOT_LOCK", 0, 31, 1, OPTION_LOCK, { 0x497 }, LOCK },
	{ "WRP1A_STRT", 24, 0, 8, OPTION_PLAIN, { 0 }, FIRST },
	{ "WRP1A_END", 24, 16, 8, OPTION_PLAIN, { 0 }, LAST },
	{ "WRP1B_STRT", 32, 0, 8, OPTION_PLAIN, { 0 }, FIRST },
	{ "WRP1B_END", 32, 16, 8, OPTION_PLAIN, { 0 }, LAST },
};

#define SET(family, fields)                                                                        \
	{                                                                                          \
		family, fields, sizeof(fields) / sizeof(*fields)                                   \
	}

static const struct set {
	const char *family;
	const struct option_field *fields;
	size_t count;
} sets[] = {
	SET("F1", f1),
	SET("F0", f0),
	SET("F3", f3),
	SET("F2", f4),
	SET("F4", f4),
	SET("F7", f7),
	SET("L0", l0),
	SET("L1", l1),
	SET("L4", l4),
	SET("L4+", l4),
	SET("G4", g4),
	SET("G0", g0),
	SET("C0", c0),
	SET("WB", wb),
	SET("WL", wb),
};

static const struct set *set_of(const struct chip *chip)
{
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		if (!strcmp(sets[i].family, chip->family))
			return &sets[i];
	return NULL;
}

/* And the field lies within the area that the part gives. */
static bool is_of(const struct option_field *field, const struct chip *chip)
{
	const size_t most = sizeof(field->only) / sizeof(*field->only);
	bool is_named = !field->only[0];

	for (size_t i = 0; i < most && field->only[i]; i++)
		is_named |= field->only[i] == chip->product_id;
	return is_named &&
		field->at + (field->shift + field->width + 7u) / 8 <= chip->option_bytes_len;
}

const struct option_field *option_field_at(const struct chip *chip, size_t n)
{
	const struct set *set =
		chip && !(chip->traits & CHIP_OPTION_REGISTERS) ? set_of(chip) : NULL;

	for (size_t i = 0; set && i < set->count; i++)
		if (is_of(&set->fields[i], chip) && n-- == 0)
			return &set->fields[i];
	return NULL;
}

const struct option_field *option_field_find(const struct chip *chip, const char *name)
{
	const struct option_field *field;
	size_t n = 0;

	while ((field = option_field_at(chip, n)) && strcmp(field->name, name) != 0)
		n++;
	return field;
}

bool option_field_exists(const char *name)
{
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		for (size_t n = 0; n < sets[i].count; n++)
			if (!strcmp(sets[i].fields[n].name, name))
				return true;
	return false;
}

uint32_t option_field_max(const struct option_field *field)
{
	return (uint32_t)((1ull << field->width) - 1);
}

uint32_t option_field_get(const struct option_field *field, const struct option_bytes *options)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < field->width; i++) {
		const unsigned bit = field->shift + i;

		value |= (uint32_t)(options->bytes[field->at + bit / 8] >> bit % 8 & 1) << i;
	}
	return value;
}

void option_field_set(
	const struct option_field *field, struct option_bytes *options, uint32_t value)
{
	assert(value <= option_field_max(field));
	for (unsigned i = 0; i < field->width; i++) {
		const unsigned bit = field->shift + i;
		uint8_t *const byte = &options->bytes[field->at + bit / 8];
		const uint8_t mask = (uint8_t)(1u << bit % 8);

		*byte = value >> i & 1 ? *byte | mask : *byte & (uint8_t)~mask;
	}
}
