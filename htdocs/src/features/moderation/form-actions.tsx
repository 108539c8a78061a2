import type { ReactNode } from 'react';
import type { ApiError } from '../../api/problem';
import { t } from '../../lib/text';
import { Button } from '../../ui/button';
import { Form, FormProblem } from '../../ui/form';

interface Props {
	form: { run: () => Promise<void>; busy: boolean; error: ApiError | null };
	action: string;
	onCancel: () => void;
	children: ReactNode;
}

/** What is done to somebody: a form whose button names it. */
export const FormActions = ({ form, action, onCancel, children }: Props) => (
	<Form run={form.run} error={form.error} label={action}>
		{children}
		<FormProblem />
		<div className="flex flex-wrap justify-end gap-2">
			<Button onClick={onCancel}>{t('action.cancel')}</Button>
			<Button type="submit" look="danger" busy={form.busy}>
				{action}
			</Button>
		</div>
	</Form>
);
