import { type ReactNode, useState } from 'react';
import { type ReportInput, reportReasons } from '../../api/endpoints';
import { t } from '../../lib/text';
import { useSubmit } from '../../lib/use-submit';
import { Area, Choice } from '../../ui/field';
import { FormDialog } from '../../ui/form-dialog';
import { toast } from '../../ui/toast';

interface Props {
	title: string;
	send: (body: ReportInput) => Promise<unknown>;
	onClose: () => void;
	children?: ReactNode;
}

/** What somebody tells the moderators of a server. */
export function ReportForm({ title, send, onClose, children }: Props) {
	const [reason, setReason] = useState<ReportInput['reason']>('spam');
	const [note, setNote] = useState('');
	const form = useSubmit(async () => {
		await send({ reason, ...(note.trim() ? { note: note.trim() } : {}) });
		toast(t('toast.reported'));
		onClose();
	});
	// The one conflict there is: it was reported already.
	const again = form.error?.status === 409 ? t('report.again') : undefined;
	return (
		<FormDialog
			title={title}
			description={t('report.lead')}
			submit={t('report.send')}
			form={form}
			problem={again}
			onClose={onClose}
		>
			{children}
			<Choice
				label={t('report.reason')}
				value={reason}
				onChange={(v) => setReason(v as typeof reason)}
				options={reportReasons.map((r): [string, string] => [r, t(`report.reason_${r}`)])}
			/>
			<Area
				label={t('report.note')}
				hint={t('report.note_hint')}
				field="note"
				maxLength={500}
				value={note}
				onChange={(e) => setNote(e.target.value)}
			/>
		</FormDialog>
	);
}
