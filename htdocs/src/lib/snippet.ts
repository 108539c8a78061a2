import { eachMention, type Names } from './mentions';
import { t } from './text';

/** One line of a message's text without its marks, for quotes and announcements. */
export function snippet(content: string, names: Names): string {
	const named = eachMention(content.slice(0, 400), (_, id, role) => {
		if (!role) return `@${names.person(id) ?? t('message.unknown_person')}`;
		const known = names.role(id);
		return known ? `@${known.name}` : t('message.unknown_role');
	});
	return named
		.replace(/```\w*\n?/g, '')
		.replace(/\|\|.+?\|\|/gs, '▮▮▮')
		.replace(/(\*\*|__|~~|`)(.+?)\1/g, '$2')
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, 200);
}
