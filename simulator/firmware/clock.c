/* SPDX-License-Identifier: MIT */
/* clock.c - the PLL of the internal oscillator (RM0008 section 7.3, RM0090 section 7.3). */
#include "part.h"

#define CR_HSION (1u << 0)
#define CR_HSIRDY (1u << 1)
#define CR_PLLON (1u << 24)
#define CR_PLLRDY (1u << 25)
#define CFGR_SW_PLL (2u << 0)
#define CFGR_SWS (3u << 2)
#define CFGR_SWS_PLL (2u << 2)

static void use_hsi(const struct clock *clock)
{
	*clock->cr |= CR_HSION;
	while (!(*clock->cr & CR_HSIRDY))
		;
	*clock->cfgr = 0;
	while (*clock->cfgr & CFGR_SWS)
		;
	*clock->cr &= ~CR_PLLON;
	while (*clock->cr & CR_PLLRDY)
		;
}

void clock_stop_pll(const struct clock *clock)
{
	use_hsi(clock);
	*clock->acr = clock->reset_latency;
}

void clock_use_pll(const struct clock *clock, void (*set_pll)(void))
{
	use_hsi(clock);
	*clock->cfgr = clock->prescalers;
	if (set_pll)
		set_pll();
	*clock->cr |= CR_PLLON;
	while (!(*clock->cr & CR_PLLRDY))
		;
	*clock->acr = clock->latency;
	*clock->cfgr = clock->prescalers | CFGR_SW_PLL;
	while ((*clock->cfgr & CFGR_SWS) != CFGR_SWS_PLL)
		;
}
