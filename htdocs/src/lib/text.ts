/*
 * Texts: every word shown comes from locales/*.po under an explicit id; `scripts/catalogue.mjs`
 * compares ids used with ids present. The root component is keyed by the locale, so a plain
 * function suffices and no component subscribes to the language by itself.
 */
import { i18n } from '@lingui/core';
import { messages as en } from '../locales/en.po';

type Values = Record<string, string | number>;

i18n.load('en', en);
i18n.activate('en');

export const t = (id: string, values?: Values): string => i18n._(id, values);
export const hasText = (id: string): boolean => id in i18n.messages;

/** The user's own formats for dates and numbers, whatever language the texts are in. */
export const formatLocale = (): string => navigator.languages?.[0] ?? navigator.language ?? 'en';
