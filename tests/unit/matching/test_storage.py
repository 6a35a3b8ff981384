import io
import json
import multiprocessing
import shutil
from pathlib import Path

import pytest

from matchmaker.matching import Document, Index, IndexRefused, Segmenter, load, save, storage
from matchmaker.matching.storage import ARRAYS


@pytest.fixture
def folder(index, tmp_path):
    save(index, tmp_path / "index")
    return tmp_path / "index"


def generation(folder):
    return folder / (folder / "current").read_text()


def test_a_loaded_index_ranks_alike_and_goes_on_alike(folder, index, need, segmenter):
    loaded = load(folder, segmenter=segmenter)
    assert loaded.ids == index.ids
    assert loaded.idf == index.idf
    assert loaded.search(need, top=9) == index.search(need, top=9)
    for each in (loaded, index):
        each.add(Document("A9", title="铸件石榴石"))
        each.remove("A2")
    assert loaded.search(need, top=9) == index.search(need, top=9)


def test_what_was_removed_is_not_saved(index, tmp_path, segmenter):
    index.remove("A1")
    save(index, tmp_path)
    assert load(tmp_path, segmenter=segmenter).ids == ["A2", "A3", "A4"]


@pytest.mark.parametrize("texts", [[], [Document("x")], [Document("x"), Document("y", "激光")]])
def test_empty_indexes_and_documents_survive(texts, tmp_path, segmenter):
    index = Index.build(texts, segmenter=segmenter)
    save(index, tmp_path)
    loaded, need = load(tmp_path, segmenter=segmenter), Document("q", title="激光")
    assert loaded.search(need, top=3) == index.search(need, top=3)


def test_arrays_are_plain_and_the_old_generation_goes(folder, index):
    before = generation(folder)
    assert {path.name for path in before.iterdir()} == {
        "manifest.json",
        *(f"{name}.npy" for name in ARRAYS),
    }
    save(index, folder)
    assert generation(folder) != before
    assert {path.name for path in folder.iterdir()} == {
        "current",
        "saving.lock",
        generation(folder).name,
    }


class Halt(BaseException):
    """What stands for the power going off."""


def interrupted(monkeypatch, at):
    """Let the process end at its n-th step of writing; tell whether it got that far."""
    left = [at]

    def counted(real):
        def step(*args, **kwargs):
            left[0] -= 1
            if left[0] < 0:
                raise Halt
            return real(*args, **kwargs)

        return step

    monkeypatch.setattr(storage.os, "fsync", lambda _handle: None)  # slow, and nothing to see here
    for name in ("np.save", "os.fsync", "json.dumps", "uuid.uuid4", "shutil.rmtree"):
        owner, attribute = name.split(".")
        target = getattr(storage, owner)
        monkeypatch.setattr(target, attribute, counted(getattr(target, attribute)))
    monkeypatch.setattr(Path, "replace", counted(Path.replace))


def test_a_crash_at_any_step_of_a_save_leaves_a_whole_index(
    folder, index, monkeypatch, need, segmenter
):
    before = index.search(need, top=9)
    index.remove("A1")
    after = index.search(need, top=9)
    crashes = 0
    for step in range(200):
        interrupted(monkeypatch, step)
        try:
            save(index, folder)
        except Halt:
            crashes += 1
        finally:
            monkeypatch.undo()
        swapped = load(folder, segmenter=segmenter).search(need, top=9)
        assert swapped in (before, after)
        if swapped == before:
            assert crashes == step + 1
    assert 50 < crashes < 200
    assert load(folder, segmenter=segmenter).search(need, top=9) == after
    assert len([path for path in folder.iterdir() if path.is_dir()]) == 1


def test_two_processes_saving_at_once_end_with_one_whole_index(index, tmp_path, segmenter, need):
    other = Index.build([Document("B1", title="铸件打磨")], segmenter=segmenter)
    context = multiprocessing.get_context("fork")
    jobs = [context.Process(target=save_often, args=(each, tmp_path)) for each in (index, other)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
        assert job.exitcode == 0
    found = load(tmp_path, segmenter=segmenter).search(need, top=9)
    assert found in (index.search(need, top=9), other.search(need, top=9))
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1


def save_often(index, folder):
    for _ in range(10):
        save(index, folder)


def test_a_reader_keeps_its_generation_when_another_is_saved(folder, index, need, segmenter):
    loaded = load(folder, segmenter=segmenter)
    before = loaded.search(need, top=9)
    index.remove("A1")
    save(index, folder)
    assert loaded.search(need, top=9) == before


def test_a_loaded_index_writes_nothing_to_its_files(folder, segmenter):
    before = {path.name: path.read_bytes() for path in generation(folder).iterdir()}
    load(folder, segmenter=segmenter).remove("A1")
    assert {path.name: path.read_bytes() for path in generation(folder).iterdir()} == before


def test_opening_reads_samples_of_a_large_file_only(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(bytes(40 * storage.PIECE * storage.SAMPLES))
    reads = []

    class Counting(io.FileIO):
        def read(self, size=-1):
            reads.append(size)
            return super().read(size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "open", lambda path, mode: Counting(path))
        storage._sampled(path)
    assert reads == [storage.PIECE] * storage.SAMPLES


def test_a_large_file_cut_in_half_is_refused(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(bytes(2 * storage.PIECE * storage.SAMPLES))
    whole = storage._sampled(path)
    path.write_bytes(bytes(storage.PIECE * storage.SAMPLES))
    assert storage._sampled(path) != whole


def test_another_dictionary_is_refused(folder):
    with pytest.raises(IndexRefused, match="与当前算法或词典不一致"):
        load(folder, segmenter=Segmenter())


def test_another_algorithm_is_refused(folder, monkeypatch, segmenter):
    monkeypatch.setattr("matchmaker.matching.storage.algorithm_version", lambda _: "other")
    with pytest.raises(IndexRefused, match="与当前算法或词典不一致"):
        load(folder, segmenter=segmenter)


def test_another_format_is_refused(folder, segmenter):
    path = generation(folder) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 0}))
    with pytest.raises(IndexRefused, match="不一致"):
        load(folder, segmenter=segmenter)


@pytest.mark.parametrize("name", ARRAYS)
def test_a_changed_array_is_refused(folder, name, segmenter):
    path = generation(folder) / f"{name}.npy"
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(IndexRefused, match=f"索引文件已损坏：{name}"):
        load(folder, segmenter=segmenter)


@pytest.mark.parametrize("name", [f"{name}.npy" for name in ARRAYS] + ["manifest.json"])
def test_a_missing_or_cut_file_is_refused(folder, name, segmenter):
    path = generation(folder) / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(IndexRefused, match=r"索引无法读取|索引文件已损坏"):
        load(folder, segmenter=segmenter)
    path.unlink()
    with pytest.raises(IndexRefused, match="索引无法读取"):
        load(folder, segmenter=segmenter)


def test_no_folder_is_refused(tmp_path, segmenter):
    with pytest.raises(IndexRefused, match="索引无法读取"):
        load(tmp_path / "none", segmenter=segmenter)


def test_a_generation_swept_away_is_refused(folder, segmenter):
    shutil.rmtree(generation(folder))
    with pytest.raises(IndexRefused, match="索引无法读取"):
        load(folder, segmenter=segmenter)
