/* What must not be said in a server, and what happens to who says it. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../../api/endpoints';
import type { Rule } from '../../api/schema';
import { queries } from '../../lib/queries';
import { t } from '../../lib/text';
import { lengthOf } from '../../lib/time';
import { Button } from '../../ui/button';
import { Choice } from '../../ui/field';
import { Listing } from '../../ui/listing';
import { RuleEditor } from './rule-editor';

type Kind = Rule['kind'];

export const kinds: Kind[] = ['words', 'links', 'mentions', 'duplicates'];

/** What a new one says until it is changed. */
const fresh = (kind: Kind): Rule => ({
	id: '',
	name: '',
	kind,
	words: [],
	allow: [],
	deny: [],
	most: kind === 'mentions' ? 10 : kind === 'duplicates' ? 3 : null,
	action: 'block',
	timeout_s: 600,
	exempt_roles: [],
	enabled: true,
});

interface Props {
	serverId: string;
	/** One is open in the place of the list. */
	onOpen: (open: boolean) => void;
}

export function Rules({ serverId, onOpen }: Props) {
	const [opened, setOpened] = useState<Rule | null>(null);
	const q = useQuery(
		{ queryKey: ['rules', serverId], queryFn: () => api.rules(serverId), staleTime: 0 },
		queries,
	);
	const open = (rule: Rule | null) => {
		setOpened(rule);
		onOpen(rule !== null);
	};
	if (opened) {
		return (
			<RuleEditor
				key={opened.id}
				serverId={serverId}
				rule={opened}
				onSaved={() => void q.refetch()}
				onBack={() => open(null)}
			/>
		);
	}
	const list = q.data?.items ?? [];
	return (
		<section aria-label={t('rules.title')} className="flex flex-col gap-3">
			<h4 className="font-bold">{t('rules.title')}</h4>
			<p className="text-ink-2 text-sm">{t('rules.lead')}</p>
			<Listing q={q} label={t('rules.title')} none={t('rules.none')} rows={2}>
				{list.map((r) => (
					<li key={r.id} className="flex min-h-12 items-center gap-3 border-line border-b py-1">
						<span className="min-w-0 grow leading-tight">
							<bdi className="block truncate font-semibold text-sm">{r.name}</bdi>
							<span className="block text-ink-3 text-xs">
								{[
									t(`rules.kind_${r.kind}`),
									r.action === 'timeout'
										? t('rules.does_timeout', { time: lengthOf(r.timeout_s) })
										: t(`rules.does_${r.action}`),
									!r.enabled && t('rules.off'),
								]
									.filter(Boolean)
									.join(' · ')}
							</span>
						</span>
						<Button
							data-opens={`rule-${r.id}`}
							aria-label={t('roles.edit_name', { name: r.name })}
							onClick={() => open(r)}
						>
							{t('roles.edit')}
						</Button>
					</li>
				))}
			</Listing>
			<Choice
				label={t('rules.new')}
				value=""
				onChange={(kind) => open(fresh(kind as Kind))}
				options={[
					['', t('rules.choose')],
					...kinds.map((k): [string, string] => [k, t(`rules.kind_${k}`)]),
				]}
			/>
		</section>
	);
}
