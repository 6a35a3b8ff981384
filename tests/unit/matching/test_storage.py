import json
import shutil

import pytest

from matchmaker.matching import Document, Index, IndexRefused, Segmenter, load, save
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
    assert {path.name for path in folder.iterdir()} == {"current", generation(folder).name}


def test_a_crash_while_saving_leaves_the_old_index(folder, index, monkeypatch, need, segmenter):
    expected = index.search(need, top=9)
    index.remove("A1")
    monkeypatch.setattr("matchmaker.matching.storage.json.dumps", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save(index, folder)
    monkeypatch.undo()
    assert load(folder, segmenter=segmenter).search(need, top=9) == expected


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
    with pytest.raises(IndexRefused, match="索引文件已损坏"):
        load(folder, segmenter=segmenter)


@pytest.mark.parametrize("name", [f"{name}.npy" for name in ARRAYS] + ["manifest.json"])
def test_a_missing_or_cut_file_is_refused(folder, name, segmenter):
    path = generation(folder) / name
    path.write_bytes(path.read_bytes()[:9])
    with pytest.raises(IndexRefused, match="索引无法读取"):
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
