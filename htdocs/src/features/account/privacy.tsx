import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { t } from '../../lib/text';
import { apply, useChat } from '../../store/store';
import { Check, Choice } from '../../ui/field';
import { toast } from '../../ui/toast';
import { Blocked } from './blocked';

export function Privacy() {
	const receipts = useChat((s) => s.me?.receipts ?? true);
	const seen = useChat((s) => s.me?.show_last_seen ?? true);
	const from = useChat((s) => s.me?.dms_from ?? 'shared');
	const change = async (what: Parameters<typeof api.patchMe>[0]) => {
		try {
			apply({ kind: 'me', me: await api.patchMe(what) });
			toast(t('toast.saved'));
		} catch (e) {
			toast(problemText(e), { bad: true });
		}
	};
	return (
		<div className="flex flex-col gap-5">
			<Check
				label={t('account.receipts')}
				hint={t('account.receipts_hint')}
				checked={receipts}
				onChange={(on) => void change({ receipts: on })}
			/>
			<Check
				label={t('account.last_seen')}
				hint={t('account.last_seen_hint')}
				checked={seen}
				onChange={(on) => void change({ show_last_seen: on })}
			/>
			<Choice
				label={t('account.dms_from')}
				hint={t('account.dms_from_hint')}
				value={from}
				onChange={(v) => void change({ dms_from: v as typeof from })}
				options={[
					['everyone', t('account.dms_everyone')],
					['shared', t('account.dms_shared')],
					['nobody', t('account.dms_nobody')],
				]}
			/>
			<Blocked />
		</div>
	);
}
