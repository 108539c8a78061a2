/** One line of a message's text without its marks, for quotes and announcements. */
export function snippet(content: string, mention: (id: string) => string | null): string {
	return content
		.slice(0, 400)
		.replace(/```\w*\n?/g, '')
		.replace(/\|\|.+?\|\|/gs, '▮▮▮')
		.replace(/<@(\d{1,20})>/g, (_, id: string) => `@${mention(id) ?? '…'}`)
		.replace(/(\*\*|__|~~|`)(.+?)\1/g, '$2')
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, 200);
}
