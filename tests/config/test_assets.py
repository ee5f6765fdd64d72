import re
import shutil
from pathlib import Path

from config.assets import Collected

BOARD = Path(__file__).resolve().parents[2] / "scheduling/board/static/board"


def test_scripts_of_an_image_import_each_other_by_the_names_of_their_content(tmp_path):
    shutil.copytree(BOARD, tmp_path / "board")
    storage = Collected(location=str(tmp_path), base_url="/static/")
    names = [f"board/{file.name}" for file in BOARD.glob("*.js")]

    processed = list(storage.post_process({name: (storage, name) for name in names}))

    assert [each for each in processed if isinstance(each[2], Exception)] == []
    hashed = tmp_path / storage.hashed_files["board/main.js"]
    imported = re.findall(r'^import .* from "\./(.*)";$', hashed.read_text(), re.M)
    assert {bool(re.search(r"\.[0-9a-f]{12}\.js$", name)) for name in imported} == {
        True
    }
    assert {(tmp_path / "board" / name).exists() for name in imported} == {True}
