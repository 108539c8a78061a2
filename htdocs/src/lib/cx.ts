import { clsx } from 'clsx';

/** Class names, falsy ones left out. Components take no class overrides, so nothing is merged. */
export const cx = clsx;
