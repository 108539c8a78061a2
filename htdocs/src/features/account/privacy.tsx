import * as api from '../../api/endpoints';
import { problemText } from '../../api/problem';
import { t } from '../../lib/text';
import { apply, useChat } from '../../store/store';
import { Check } from '../../ui/field';
import { toast } from '../../ui/toast';

export function Privacy() {
	const receipts = useChat((s) => s.me?.receipts ?? true);
	const change = async (on: boolean) => {
		try {
			const data = await api.patchMe({ receipts: on });
			apply({
				kind: 'event',
				now: Date.now(),
				event: { type: 'user.updated', stream: `user:${data.id}`, rev: 0, data },
			});
			toast(t('toast.saved'));
		} catch (e) {
			toast(problemText(e), { bad: true });
		}
	};
	return (
		<Check
			label={t('account.receipts')}
			hint={t('account.receipts_hint')}
			checked={receipts}
			onChange={(on) => void change(on)}
		/>
	);
}
