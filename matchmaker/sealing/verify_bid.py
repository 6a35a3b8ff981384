"""核对揭榜回执: python verify_bid.py 材料包.zip receipt.json [commitments.json [网站公钥]]."""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # pip: cryptography

package, receipt = zipfile.ZipFile(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8"))
names = sorted(set(package.namelist()) - {"manifest.txt", "nonce.hex"})
parts = [(hashlib.sha256(package.read(n)).hexdigest(), len(package.read(n)), n) for n in names]
manifest = "".join(f"{digest} {size} {name}\n" for digest, size, name in parts).encode()
nonce = bytes.fromhex(package.read("nonce.hex").decode())
commitment = hashlib.sha256(nonce + manifest).hexdigest()
if manifest != package.read("manifest.txt") or commitment != receipt["commitment"]:
    sys.exit("不符: 材料包与回执中的承诺值不一致")
key = bytes.fromhex(sys.argv[4] if sys.argv[4:] else receipt["site_key"])
facts = [receipt[name] for name in ("bounty", "bid", "commitment", "received_at")]
try:
    signed = "\n".join(["jiebangtai-receipt-1", *facts]).encode()
    Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(receipt["signature"]), signed)
except Exception:
    sys.exit("不符: 回执签名不正确")
published = json.loads(Path(sys.argv[3]).read_text("utf-8")) if sys.argv[3:] else receipt
listed = {one["bid"]: one["commitment"] for one in published.get("bids", [receipt])}
if listed.get(receipt["bid"]) != commitment:
    sys.exit("不符: 公布的清单中没有这份申请")
print("相符: 材料包与回执一致, 签名有效", ", 并在公布的清单中" if sys.argv[3:] else "")
