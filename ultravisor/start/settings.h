/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads uv.* options from where they may stand. One that is not understood ends the run:
 * E_UV_OPTION.
 */
#ifndef ULTRAVISOR_START_SETTINGS_H
#define ULTRAVISOR_START_SETTINGS_H

/* The NVRAM variable "uv". Wants rtas_read_tokens(). */
void settings_read_nvram(void);

/* The command line of an opened tree, from which they are removed. */
void settings_take_bootargs(void *tree);

/* uv.evil=overlay: copy it to our own memory. One that is none ends the run: E_UV_OVERLAY. */
void settings_keep_overlay(void);

/* uv.key=: take the key, and wipe it where it lay. What is none ends the run: E_UV_KEY. */
void settings_take_key(void);

#endif /* ULTRAVISOR_START_SETTINGS_H */
