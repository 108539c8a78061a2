import * as api from '../../api/endpoints';
import { t } from '../../lib/text';
import { ReportForm } from './report-form';

interface Props {
	serverId: string;
	userId: string;
	who: string;
	onClose: () => void;
}

export default function ReportPerson({ serverId, userId, who, onClose }: Props) {
	return (
		<ReportForm
			title={t('report.person_title', { name: who })}
			send={(body) => api.reportUser(userId, { ...body, server_id: serverId })}
			onClose={onClose}
		/>
	);
}
