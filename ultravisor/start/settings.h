/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where uv.* options come from. One that is not understood ends the run: E_UV_WORD. */
#ifndef ULTRAVISOR_START_SETTINGS_H
#define ULTRAVISOR_START_SETTINGS_H

/* From the NVRAM variable "uv". The tokens of RTAS are known. */
void settings_read_nvram(void);

/* From the command line in an opened tree, out of which they are taken: the guest does not see them. */
void settings_take_bootargs(void *tree);

#endif /* ULTRAVISOR_START_SETTINGS_H */
