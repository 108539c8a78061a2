import type { ReactNode } from 'react';
import { type ApiError, problemText } from '../api/problem';
import { t } from '../lib/text';
import { Button } from './button';
import { Dialog, DialogBody, DialogFoot } from './dialog';
import { FormError } from './form';

interface Props {
	title: string;
	description: string;
	/** What the button says that does it. */
	action: string;
	/** Enter does it at once: the dialog was asked for by a key that means it. */
	ready?: boolean;
	task: { run: () => Promise<void>; busy: boolean; error: ApiError | null };
	onClose: () => void;
	children?: ReactNode;
}

/** Asks before something is destroyed or left. */
export const ConfirmDialog = ({
	title,
	description,
	action,
	ready,
	task,
	onClose,
	children,
}: Props) => (
	<Dialog title={title} description={description} onClose={onClose}>
		<DialogBody>
			{children}
			{task.error && <FormError>{problemText(task.error)}</FormError>}
			<DialogFoot>
				<Button onClick={onClose} {...(ready ? {} : { 'data-first': '' })}>
					{t('action.cancel')}
				</Button>
				<Button
					look="danger"
					busy={task.busy}
					onClick={() => void task.run()}
					{...(ready ? { 'data-first': '' } : {})}
				>
					{action}
				</Button>
			</DialogFoot>
		</DialogBody>
	</Dialog>
);
