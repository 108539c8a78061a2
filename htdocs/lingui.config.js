export default {
	locales: ['en'],
	sourceLocale: 'en',
	fallbackLocales: { default: 'en' },
	catalogs: [
		{ path: '<rootDir>/src/locales/{locale}', include: ['<rootDir>/src'] },
		{ path: '<rootDir>/src/locales/later/{locale}', include: ['<rootDir>/src'] },
	],
};
