"""Debian's Chromium without a head, as a desktop or as a phone."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE_S = 20.0

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

DESKTOP = (1440, 1000)
PHONE = (390, 844)


def installed() -> bool:
    return all(shutil.which(each) for each in ("chromium", "chromedriver"))


class Browser:
    """One browser with a profile of its own and every request and complaint on record."""

    def __init__(self, profile: Path, size: tuple[int, int]) -> None:
        options = ChromeOptions()
        options.binary_location = shutil.which("chromium") or ""
        for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}"):
            options.add_argument(flag)
        if size == PHONE:
            metrics = {"width": size[0], "height": size[1], "pixelRatio": 2.0}
            options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = ChromeService(shutil.which("chromedriver"), log_output=os.devnull)
        self._driver = Chrome(options=options, service=service)

    def close(self) -> None:
        self._driver.quit()

    def open(self, address: str) -> None:
        self._driver.get(address)

    def script(self, text: str) -> Any:
        return self._driver.execute_script(text)

    def all(self, selector: str) -> list[WebElement]:
        return self._driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        found: str = self.script(f"return document.querySelector({selector!r})?.textContent ?? ''")
        return found

    def until(self, fact: Callable[[], object], what: str) -> None:
        WebDriverWait(self._driver, PATIENCE_S, poll_frequency=0.05).until(
            lambda _: bool(fact()), what
        )

    def complaints(self) -> list[str]:
        """Return what the console has said since the last call."""
        return [line["message"] for line in self._driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def requests(self) -> list[str]:
        """Return every address asked for since the last call."""
        events = self._driver.get_log("performance")  # type: ignore[no-untyped-call]
        messages = [json.loads(each["message"])["message"] for each in events]
        return [
            each["params"]["request"]["url"]
            for each in messages
            if each["method"] == "Network.requestWillBeSent"
        ]

    def picture(self, path: Path) -> None:
        """Save the whole page."""
        height = self.script("return document.documentElement.scrollHeight")
        width = self.script("return innerWidth")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self._driver.save_screenshot(str(path))
