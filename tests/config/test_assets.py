import re
import shutil
from pathlib import Path

from config.assets import Collected

NAMED_BY_CONTENT = r"\.[0-9a-f]{12}\.js$"
BOARD = Path(__file__).resolve().parents[2] / "scheduling/board/static/board"


def test_scripts_of_an_image_import_each_other_by_the_names_of_their_content(tmp_path):
    shutil.copytree(BOARD, tmp_path / "board")
    storage = Collected(location=str(tmp_path), base_url="/static/")
    names = [f"board/{file.relative_to(BOARD)}" for file in BOARD.rglob("*.js")]

    processed = list(storage.post_process({name: (storage, name) for name in names}))

    assert [each for each in processed if isinstance(each[2], Exception)] == []
    for entry in ["board/main.js", "board/mine/week.js", "board/reports/reports.js"]:
        hashed = tmp_path / storage.hashed_files[entry]
        imported = re.findall(r'^import .* from "(\..*)";$', hashed.read_text(), re.M)
        plain = [each for each in imported if not re.search(NAMED_BY_CONTENT, each)]
        missing = [each for each in imported if not (hashed.parent / each).exists()]
        assert (len(imported) > 5, plain, missing) == (True, [], [])
