import type { ReactNode } from 'react';
import type { ApiError } from '../api/problem';
import { t } from '../lib/text';
import { Button } from './button';
import { Dialog, DialogBody, DialogFoot } from './dialog';
import { Form, FormProblem } from './form';

interface Props {
	title: string;
	description?: string;
	/** What the button says that sends it. */
	submit: string;
	/** Nothing to send yet, for another reason than a field (those say it themselves). */
	idle?: boolean;
	form: { run: () => Promise<void>; busy: boolean; error: ApiError | null };
	/** Instead of the sentence for what went wrong. */
	problem?: string | undefined;
	onClose: () => void;
	children: ReactNode;
}

/** A dialog that is one form: fields, what went wrong, Cancel and the button that sends it. */
export const FormDialog = ({
	title,
	description,
	submit,
	idle,
	form,
	problem,
	onClose,
	children,
}: Props) => (
	<Dialog title={title} description={description} onClose={onClose}>
		<Form run={form.run} error={form.error} className="flex min-h-0 flex-col">
			<DialogBody>
				{children}
				<FormProblem text={problem} />
				<DialogFoot>
					<Button onClick={onClose}>{t('action.cancel')}</Button>
					<Button type="submit" look="primary" busy={form.busy} disabled={idle}>
						{submit}
					</Button>
				</DialogFoot>
			</DialogBody>
		</Form>
	</Dialog>
);
