"""Every document's sample."""

from tests.unit.documents.contract_samples import CONTRACTS
from tests.unit.documents.process_samples import PROCESS
from tests.unit.documents.samples import SAMPLES as PUBLISHING

SAMPLES = {**PUBLISHING, **PROCESS, **CONTRACTS}
