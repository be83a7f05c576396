"""Validate the PDFs under a folder as PDF/UA-1 and PDF/A-2a, with one of two validators.

page-validation takes milliseconds a file and needs no JVM; veraPDF is the reference.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# One place decides, for the tests and here, which finding of page-validation is a false alarm.
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from validation import FLAVOURS, failures_of

Failures = dict[Path, list[str]]


def with_page_validation(pdfs: list[Path], flavour: str) -> Failures:
    return {pdf: failures_of(pdf, flavour) for pdf in pdfs}


def with_verapdf(pdfs: list[Path], flavour: str) -> Failures:
    (jar,) = Path(__file__).parent.glob("verapdf/target/dependency/cli-*.jar")
    by_name = {str(pdf.resolve()): pdf for pdf in pdfs}
    command = ["java", "-jar", str(jar), "--format", "json", "--flavour", flavour]
    command += ["--maxfailuresdisplayed", "1", *by_name]
    # Its exit code is 1 for an invalid file too, so the report alone is believed.
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout
    failures: Failures = {pdf: ["veraPDF gave no verdict"] for pdf in pdfs}
    for job in json.loads(answer)["report"]["jobs"]:
        verdicts = job.get("validationResult", [])
        if not verdicts or any(verdict["jobEndStatus"] != "normal" for verdict in verdicts):
            continue
        failures[by_name[job["itemDetails"]["name"]]] = [
            f"{rule['clause']}-{rule['testNumber']}: {rule['checks'][0]['errorMessage']}"
            f" ({rule['failedChecks']} times, first at {rule['checks'][0]['context']})"
            for verdict in verdicts
            for rule in verdict["details"]["ruleSummaries"]
        ]
    return failures


def main() -> int:
    validators = {"page-validation": with_page_validation, "verapdf": with_verapdf}
    validate, folder = validators[sys.argv[1]], Path(sys.argv[2])
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    # Files for print are not for readers at a screen, and make no claim to be accessible.
    files = [entry["file"] for entry in manifest["files"] if entry["output"] == "screen"]
    pdfs = sorted(folder / file for file in files)
    if not pdfs:
        print(f"{folder} holds no PDF to validate")
        return 1
    with ThreadPoolExecutor() as pool:  # one JVM for each flavour, side by side
        failures = list(pool.map(lambda flavour: validate(pdfs, flavour), FLAVOURS))
    failed = False
    for flavour, found in zip(FLAVOURS, failures, strict=True):
        for pdf, messages in found.items():
            for message in messages:
                failed = True
                print(f"{pdf}: {flavour}: {message}")
    print(f"{sys.argv[1]}: {len(pdfs)} files, {'some fail' if failed else 'all pass'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
