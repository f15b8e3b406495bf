// SPDX-License-Identifier: Apache-2.0
// Colours by meaning. A report names the meaning, the terminal knows the colour, and no meaning is carried by colour alone.

export type Style = 'good' | 'bad' | 'unknown' | 'warn' | 'quiet' | 'strong';

/** Returns the text in a style, or as it is where there are no colours. */
export type Paint = (style: Style, text: string) => string;
