"""Seals open for whom they are meant, and one changed bit anywhere is found."""

import itertools
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matchmaker import sealing
from matchmaker.sealing import package, receipts

CHEAP = sealing.Cost(n=16)
SCRIPT = Path(sealing.__file__).with_name("verify_bid.py")


def made(**content):
    held = {"solution_text": "结构光配准加恒力末端", "quote_fen": 4_800_000, **content}
    return sealing.Package(held, {"方案.pdf": b"%PDF-1.7 plan"}, b"n" * 32)


def flipped(body, bit):
    changed = bytearray(body)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_an_envelope_opens_with_its_own_key_and_context_only():
    private, public = sealing.new_keypair()
    sealed = sealing.seal(public, "报价四十八万".encode(), context="bounty:1")
    assert sealing.unseal(private, sealed, context="bounty:1").decode() == "报价四十八万"
    assert "报价".encode() not in sealed
    other, _ = sealing.new_keypair()
    for key, context in ((other, "bounty:1"), (private, "bounty:2")):
        with pytest.raises(sealing.Broken):
            sealing.unseal(key, sealed, context=context)
    for cut in (b"", sealed[:10], sealed[:-1], sealed + b"x", b"JBT\x02" + sealed[4:]):
        with pytest.raises(sealing.Broken):
            sealing.unseal(private, cut, context="bounty:1")
    assert sealing.seal(public, b"x", context="") != sealing.seal(public, b"x", context="")
    with pytest.raises(sealing.Broken, match="算法"):
        sealing.seal(public, b"x", context="", alg="rot13")


def test_any_two_shares_make_the_key_and_one_makes_none():
    key, _ = sealing.new_keypair()
    shares = sealing.split(key)
    for pair in itertools.permutations(shares.items(), 2):
        assert sealing.combine(pair) == key
    for one in shares.items():
        with pytest.raises(sealing.TooFewShares, match="只有一份"):
            sealing.combine([one])
        with pytest.raises(sealing.SameHolder):
            sealing.combine([one, one])
    with pytest.raises(sealing.WrongKey):
        sealing.combine([(1, shares[1]), (2, shares[3])])


def test_one_share_says_nothing_of_the_key():
    """Whatever the key, there is a line through the share: every key is equally possible."""
    share = sealing.split(bytes(31) + b"\x01")[1]
    for key in (bytes(32), b"\xff" * 32):
        slope = (int.from_bytes(share) - int.from_bytes(key)) % (2**521 - 1)
        second = (int.from_bytes(key) + 2 * slope) % (2**521 - 1)
        assert sealing.combine([(1, share), (2, second.to_bytes(66))]) == key


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_lost_share_is_made_anew_without_the_key_or_a_share_being_told(lost):
    key, _ = sealing.new_keypair()
    shares = sealing.split(key)
    first, second = (place for place in shares if place != lost)
    part, blind = sealing.reissue_first(first, second, lost, shares[first])
    other = sealing.reissue_second(second, first, lost, shares[second], blind)
    assert sealing.sum_parts([part, other]) == shares[lost]
    for told in (part, other, blind):  # what the new holder sees is neither of the others' shares
        assert told not in shares.values()
    again, _ = sealing.reissue_first(first, second, lost, shares[first])
    assert again != part
    assert sealing.sum_parts([shares[first]]) == shares[first]


def test_a_wrapped_key_opens_with_the_passphrase_alone():
    private, _ = sealing.new_keypair()
    wrapped = sealing.wrap(private, "海风 明月 石桥 七", owner="u1", cost=CHEAP)
    assert sealing.unwrap(wrapped, "海风 明月 石桥 七", owner="u1") == private
    for passphrase, owner in (("海风 明月 石桥 八", "u1"), ("海风 明月 石桥 七", "u2"), ("", "u1")):
        with pytest.raises(sealing.WrongPassphrase, match="口令不正确"):
            sealing.unwrap(wrapped, passphrase, owner=owner)
    for text in ("", "[]", "{}", wrapped.replace('"n": 16', '"n": 1073741824')):
        with pytest.raises(sealing.Broken):
            sealing.unwrap(text, "x", owner="u1")


def test_guessing_a_passphrase_costs_memory_and_time():
    private, _ = sealing.new_keypair()
    begun = time.perf_counter()
    sealing.wrap(private, "x", owner="u")
    assert time.perf_counter() - begun > 0.02
    assert sealing.Cost().n * sealing.Cost().r * 128 >= 64 * 2**20


def test_a_package_comes_back_as_it_went_and_always_in_the_same_bytes():
    bid = made()
    again = package.unpack(bid.pack())
    assert again == bid
    assert again.commitment() == bid.commitment()
    assert bid.pack() == made().pack()
    assert made(quote_fen=4_800_001).commitment() != bid.commitment()


def test_a_package_with_anything_more_less_or_else_is_refused(tmp_path):
    import io
    import zipfile

    def rewritten(change):
        source = zipfile.ZipFile(io.BytesIO(made().pack()))
        parts = {name: source.read(name) for name in source.namelist()}
        change(parts)
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            for name, body in parts.items():
                archive.writestr(name, body)
        return held.getvalue()

    assert package.unpack(rewritten(lambda parts: None)) == made()
    changes = (
        lambda parts: parts.pop("manifest.txt"),
        lambda parts: parts.pop("nonce.hex"),
        lambda parts: parts.pop("files/方案.pdf"),
        lambda parts: parts.update({"files/更多.pdf": b"x"}),
        lambda parts: parts.update({"content.json": b"{}"}),
        lambda parts: parts.update({"nonce.hex": b"00"}),
        lambda parts: parts.update({"../../etc/passwd": b"x"}),
    )
    for change in changes:
        with pytest.raises(sealing.Broken):
            package.unpack(rewritten(change))
    for body in (b"", b"PK", b"%PDF-1.7", made().pack()[:-30]):
        with pytest.raises(sealing.Broken):
            package.unpack(body)


def test_a_bomb_is_stopped_while_it_unpacks(monkeypatch):
    monkeypatch.setattr(package, "MOST_BYTES", 1000)
    big = sealing.Package({}, {"a.pdf": bytes(100_000)}, b"n" * 32).pack()
    assert len(big) < 2000
    with pytest.raises(sealing.Broken, match="过大"):
        package.unpack(big)


def test_a_receipt_is_the_sites_over_exactly_these_facts():
    private = sealing.new_signing_key()
    public = sealing.public_of(private)
    receipt = sealing.Receipt("JB2026-001", "7KX3", "ab" * 32, "2026-11-20T04:00:00.000000Z")
    signature = sealing.sign(private, receipt)
    sealing.verify(public, receipt, signature)
    for fact in ("bounty", "bid", "commitment", "received_at"):
        values = {**receipt.__dict__, fact: "x"}
        with pytest.raises(sealing.Broken, match="签名不正确"):
            sealing.verify(public, sealing.Receipt(**values), signature)
    with pytest.raises(sealing.Broken):
        sealing.verify(sealing.public_of(sealing.new_signing_key()), receipt, signature)


def test_every_one_of_a_thousand_flipped_bits_is_found():
    """T10: in the sealed bid, the bidder's package, the receipt and the wrapped key alike."""
    draw = random.Random(20261120)
    private, public = sealing.new_keypair()
    bid = made()
    sealed = sealing.seal(public, bid.pack(), context="b")
    signing = sealing.new_signing_key()
    receipt = sealing.Receipt("JB2026-001", "7KX3", bid.commitment(), "2026-11-20T04:00:00.0Z")
    signature = bytes.fromhex(sealing.sign(signing, receipt))
    message, site = receipt.message(), sealing.public_of(signing)

    def opens(body):
        sealing.unseal(private, body, context="b")

    def unpacks(body):
        if package.unpack(body) == bid:  # a bit the zip format has no use for: nothing is changed
            raise sealing.Broken

    def signed(body):
        sealing.verify(site, receipt, body.hex())

    def told(body):
        facts = body.decode(errors="replace").split("\n")
        if facts[0] == receipts.PURPOSE and len(facts) == 5:
            sealing.verify(site, sealing.Receipt(*facts[1:]), signature.hex())
        else:
            raise sealing.Broken

    subjects = ((sealed, opens), (bid.pack(), unpacks), (signature, signed), (message, told))
    for (body, check), _ in itertools.product(subjects, range(250)):
        with pytest.raises(sealing.Broken):
            check(flipped(body, draw.randrange(len(body) * 8)))


def test_sealing_twenty_megabytes_takes_no_time_to_speak_of():
    _, public = sealing.new_keypair()
    body = random.Random(1).randbytes(20 * 2**20)
    begun = time.perf_counter()
    sealing.seal(public, body, context="b")
    assert time.perf_counter() - begun < 2


@pytest.fixture
def on_disk(tmp_path):
    bid, private = made(), sealing.new_signing_key()
    receipt = sealing.Receipt("JB2026-001", "7KX3", bid.commitment(), "2026-11-20T04:00:00.0Z")
    public = sealing.public_of(private)
    text = receipts.as_json(receipt, sealing.sign(private, receipt), public)
    (tmp_path / "材料包.zip").write_bytes(bid.pack())
    (tmp_path / "receipt.json").write_text(text, "utf-8")
    published = {"bids": [{"bid": "7KX3", "commitment": bid.commitment()}]}
    (tmp_path / "commitments.json").write_text(json.dumps(published), "utf-8")
    return tmp_path


def run(folder, *more):
    names = ["材料包.zip", "receipt.json", "commitments.json", *more]
    return subprocess.run(
        [sys.executable, SCRIPT, *names], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_script_is_short_and_says_yes_to_what_is_true(on_disk):
    assert len(SCRIPT.read_text("utf-8").splitlines()) <= 30
    assert "matchmaker" not in SCRIPT.read_text("utf-8")
    key = json.loads((on_disk / "receipt.json").read_text("utf-8"))["site_key"]
    for more in ((), (key,)):
        done = run(on_disk, *more)
        assert (done.returncode, "相符" in done.stdout) == (0, True), done.stderr
    done = run(on_disk, sealing.public_of(sealing.new_signing_key()))
    assert (done.returncode, "签名不正确" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("receipt.json", "JB2026-001", "JB2026-002", "签名不正确"),
        ("receipt.json", "04:00:00", "03:00:00", "签名不正确"),
        ("receipt.json", '"commitment": "', '"commitment": "0', "承诺值不一致"),
        ("commitments.json", "7KX3", "7KX4", "没有这份申请"),
    ],
)
def test_the_script_says_no_and_why(on_disk, name, old, new, told):
    path = on_disk / name
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    done = run(on_disk)
    assert (done.returncode, told in done.stderr) == (1, True), done.stderr


def test_the_script_finds_a_changed_file_in_the_package(on_disk):
    other = sealing.Package(made().content, {"方案.pdf": b"%PDF-1.7 other"}, b"n" * 32)
    (on_disk / "材料包.zip").write_bytes(other.pack())
    done = run(on_disk)
    assert (done.returncode, "承诺值不一致" in done.stderr) == (1, True)
