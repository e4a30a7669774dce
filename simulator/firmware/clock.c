/* SPDX-License-Identifier: MIT */
/* clock.c - the internal oscillator (RM0008 section 7.3, RM0090 section 7.3). */
#include "part.h"

#define CR_HSION (1u << 0)
#define CR_HSIRDY (1u << 1)
#define CR_PLLON (1u << 24)
#define CFGR_SWS (3u << 2)

void clock_use_hsi(volatile uint32_t *cr, volatile uint32_t *cfgr)
{
	*cr |= CR_HSION;
	while (!(*cr & CR_HSIRDY))
		;
	*cfgr = 0;
	while (*cfgr & CFGR_SWS)
		;
	*cr &= ~CR_PLLON;
}
