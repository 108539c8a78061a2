export default {
	locales: ['en'],
	sourceLocale: 'en',
	fallbackLocales: { default: 'en' },
	catalogs: [{ path: '<rootDir>/src/locales/{locale}', include: ['<rootDir>/src'] }],
};
