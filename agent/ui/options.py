"""How Streamlit is started: on this machine alone, silent, without telemetry, with colours that can be read."""

from __future__ import annotations

GROUNDS = {"light": "#fffdf9", "dark": "#14181a", "contrast": "#ffffff"}
"""The ground of each theme."""

_OPTIONS: dict[str, str] = {
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    # A full collection after every run, with nothing else of the page running meanwhile: 50 ms of the 60 that showing an answer took, and
    # with twenty readers all the time there is. Python collects by itself.
    "runner.postScriptGC": "false",
    "server.maxUploadSize": "20",
    "server.disconnectedSessionTTL": "120",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.showSidebarNavigation": "false",
    "logger.level": "error",
    # ≥ 4.5:1 for text on every ground it stands on
    "theme.light.primaryColor": "#00615c",
    "theme.light.backgroundColor": GROUNDS["light"],
    "theme.light.secondaryBackgroundColor": "#f1ede4",
    "theme.light.textColor": "#1f2421",
    "theme.light.linkColor": "#00526b",
    "theme.light.borderColor": "#8a8578",
    "theme.light.redTextColor": "#9b1c1c",
    "theme.light.orangeTextColor": "#7a4100",
    "theme.light.greenTextColor": "#14532d",
    "theme.light.blueTextColor": "#0b4a6f",
    "theme.dark.primaryColor": "#6fd0c4",
    "theme.dark.backgroundColor": GROUNDS["dark"],
    "theme.dark.secondaryBackgroundColor": "#20272a",
    "theme.dark.textColor": "#f2f2ee",
    "theme.dark.linkColor": "#8fd3ff",
    "theme.dark.borderColor": "#7d8a8f",
    "theme.font": "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
}


def streamlit_flags(host: str, port: int) -> list[str]:
    """Return the command-line flags."""
    given = {"server.address": host, "server.port": str(port), **_OPTIONS}
    return [f"--{name}={value}" for name, value in given.items()]
