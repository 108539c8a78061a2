/*
 * The texts of all that is only fetched when it is opened; whatever shows one of them imports this.
 * scripts/catalogue.mjs sees to it that nothing is shown before its text is there.
 */
import { i18n } from '@lingui/core';
import { messages as en } from '../locales/later/en.po';
// The first texts come first: these join them.
import './text';

i18n.load('en', en);
