"""``deploy/kubernetes``: valid against the schemas of Kubernetes, locked down, and in agreement with our settings and command line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml

from agent.server.serve import check_address
from configs.settings import ROOT, Settings, load_settings
from configs.table import variable_names
from tests.deploy.reading import SECRET, accepted, served_profile

FOLDER = ROOT / "deploy" / "kubernetes"
OVERLAYS = ("embedded", "gpu")
VERSIONS = ("1.31", "1.37")
"""The oldest with ``preStop.sleep`` on by default that we care for, and the newest whose schemas we have."""
Resource = dict[str, Any]
BOTH = pytest.mark.parametrize("overlay", OVERLAYS)


@pytest.fixture(autouse=True)
def _no_variables_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SHENSI_")]:
        monkeypatch.delenv(name)


@cache
def rendered(overlay: str) -> tuple[Resource, ...]:
    """Return what ``kubectl kustomize`` makes of an overlay. No patches: it joins files and sets namespace and images."""
    resources: list[Resource] = []
    folder = FOLDER / overlay
    written = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
    assert written.keys() <= {"apiVersion", "kind", "namespace", "resources", "images"}
    for name in written["resources"]:
        if (folder / name).is_dir():
            resources += deepcopy(rendered(os.path.relpath(folder / name, FOLDER)))
        else:
            resources += [one for one in yaml.safe_load_all((folder / name).read_text(encoding="utf-8")) if one]
    for resource in resources:
        if resource["kind"] != "Namespace":
            resource["metadata"]["namespace"] = written["namespace"]
        for image in written.get("images", []):
            for container in containers(resource):
                if container["image"] == image["name"]:
                    container["image"] = f"{image['newName']}:{image['newTag']}"
    return tuple(resources)


def template(resource: Resource) -> Resource:
    """Return the pod that a resource makes; empty for one that makes none."""
    made: Resource = (
        resource.get("spec", {}).get("template", {}) if resource["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "Job") else {}
    )
    return made


def containers(resource: Resource) -> list[Resource]:
    spec = template(resource).get("spec", {})
    return [*spec.get("initContainers", []), *spec.get("containers", [])]


def of(overlay: str, kind: str) -> dict[str, Resource]:
    return {one["metadata"]["name"]: one for one in rendered(overlay) if one["kind"] == kind}


def workloads(overlay: str) -> dict[str, Resource]:
    return {one["metadata"]["name"]: one for one in rendered(overlay) if template(one)}


@BOTH
@pytest.mark.parametrize("version", VERSIONS)
def test_every_resource_is_valid(overlay: str, version: str) -> None:
    for resource in rendered(overlay):
        kubernetes_validate.validate(resource, version, strict=True)


def test_a_typing_error_would_be_found() -> None:
    wrong = deepcopy(of("embedded", "StatefulSet")["api"])
    wrong["spec"]["template"]["spec"]["containers"][0]["redinessProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed; the files are read by the tests themselves then")
@BOTH
def test_kustomize_makes_the_same_of_it(overlay: str) -> None:
    told = subprocess.run(["kubectl", "kustomize", str(FOLDER / overlay)], capture_output=True, text=True, check=True, timeout=120).stdout
    order = lambda one: (one["kind"], one["metadata"]["name"])  # noqa: E731
    assert sorted(yaml.safe_load_all(told), key=order) == sorted(rendered(overlay), key=order)


@BOTH
def test_every_pod_would_be_let_into_a_restricted_namespace(overlay: str) -> None:
    (namespace,) = of(overlay, "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for name, workload in workloads(overlay).items():
        spec = template(workload)["spec"]
        pod = spec["securityContext"]
        assert pod["runAsNonRoot"] is True and pod["runAsUser"] > 0 and pod["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys() and not any("hostPath" in volume for volume in spec["volumes"])
        assert spec["automountServiceAccountToken"] is False and spec["enableServiceLinks"] is False
        for container in containers(workload):
            locked = container["securityContext"]
            assert locked == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}, name
            assert container["resources"]["limits"].keys() >= {"cpu", "memory"} and container["resources"]["requests"].keys() >= {
                "cpu",
                "memory",
            }
            assert re.search(r":v?\d+\.\d+\.\d+(-pg\d+)?$", container["image"]), container["image"]


@BOTH
def test_every_pod_is_probed_and_mounts_only_what_it_names(overlay: str) -> None:
    for name, workload in workloads(overlay).items():
        spec = template(workload)["spec"]
        assert all({"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys() for container in spec["containers"]), name
        known = {one["name"] for one in spec["volumes"]} | {
            one["metadata"]["name"] for one in workload["spec"].get("volumeClaimTemplates", [])
        }
        mounted = {mount["name"] for container in containers(workload) for mount in container.get("volumeMounts", [])}
        assert mounted == known, name


@BOTH
def test_secrets_are_only_referred_to(overlay: str) -> None:
    resources = rendered(overlay)
    assert not [one for one in resources if one["kind"] == "Secret"]
    for variable, value in variables(overlay).items():
        assert not SECRET.search(variable) or value.startswith("http://"), variable
    mounted = {
        volume["secret"]["secretName"]
        for one in workloads(overlay).values()
        for volume in template(one)["spec"]["volumes"]
        if "secret" in volume
    }
    assert mounted == {"shensi"}
    items = {
        item["key"]
        for one in workloads(overlay).values()
        for volume in template(one)["spec"]["volumes"]
        for item in volume.get("secret", {}).get("items", [])
    }
    made = {line.split()[-1] for line in (ROOT / "deploy" / "secrets.sh").read_text("utf-8").splitlines() if "| make " in line}
    assert items == made


def variables(overlay: str) -> dict[str, str]:
    """Return every variable that any of the containers gets."""
    told = dict(of(overlay, "ConfigMap")["settings"]["data"])
    for workload in workloads(overlay).values():
        for container in containers(workload):
            told |= {one["name"]: one["value"] for one in container.get("env", [])}
    return told


@BOTH
def test_every_variable_of_ours_exists(overlay: str) -> None:
    ours = {name for name in variables(overlay) if name.startswith(("SHENSI_", "LLM_"))}
    assert len(ours) > 3 and ours <= variable_names()


def settings_of(overlay: str, monkeypatch: pytest.MonkeyPatch, mounted: Path) -> Settings:
    """Return the settings of the service as a pod of the overlay sees them."""
    data = of(overlay, "ConfigMap")["settings"]["data"]
    for name, value in data.items():
        monkeypatch.setenv(name, value)
    (mounted / "SHENSI_STORAGE__URL").write_text("postgresql://shensi:pw@postgres:5432/shensi", encoding="utf-8")
    monkeypatch.setenv("SHENSI_SECRETS_DIR", str(mounted))
    return load_settings(ROOT / data["PROFILE"])


@BOTH
def test_the_service_and_the_page_would_start(overlay: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    everything = workloads(overlay)
    (api,), (page,) = containers(everything["api"]), containers(everything["ui"])
    settings = settings_of(overlay, monkeypatch, tmp_path)
    words = [word.replace("$(PROFILE)", of(overlay, "ConfigMap")["settings"]["data"]["PROFILE"]) for word in api["args"]]
    options = accepted(words)
    assert (ROOT / options.profile).is_file() and options.command == "serve"
    check_address(settings.model_copy(update={"server": settings.server.model_copy(update={"host": options.host})}))
    assert accepted(page["args"]).command == "ui"
    ports = {name: service["spec"]["ports"][0]["port"] for name, service in of(overlay, "Service").items()}
    for url in (variables(overlay)["SHENSI_API_URL"], settings.storage.url.get_secret_value()):
        assert ports[str(urlsplit(url).hostname)] == urlsplit(url).port


def test_the_models_are_served_where_the_service_looks_for_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings, everything = settings_of("gpu", monkeypatch, tmp_path), workloads("gpu")
    for name, url, model in (
        ("llm", settings.llm.base_url, settings.llm.model),
        ("embedder", settings.retrieval.embedder_url, settings.retrieval.embedder_model),
        ("reranker", settings.retrieval.reranker_url, settings.retrieval.reranker_model),
    ):
        init, vllm = containers(everything[name])
        assert vllm["command"] == ["vllm", "serve"] and init["command"] == ["cp", "-r", "/app/configs/vllm/.", "/profiles/"]
        profile = served_profile(vllm["args"])
        assert (urlsplit(url).hostname, urlsplit(url).port) == (name, profile.values["port"]) and profile.values[
            "served-model-name"
        ] == model
        assert vllm["resources"]["limits"]["nvidia.com/gpu"] == profile.cards
        shared = next(volume for volume in template(everything[name])["spec"]["volumes"] if volume["name"] == "shared")
        assert shared["emptyDir"]["medium"] == "Memory" and any(mount["mountPath"] == "/dev/shm" for mount in vllm["volumeMounts"])
        probe = vllm["startupProbe"]
        assert probe["periodSeconds"] * probe["failureThreshold"] >= (1800 if name == "llm" else 600)


@BOTH
def test_what_scales_and_what_may_be_taken_away(overlay: str) -> None:
    (scaler,) = of(overlay, "HorizontalPodAutoscaler").values()
    target = workloads(overlay)[scaler["spec"]["scaleTargetRef"]["name"]]
    assert scaler["spec"]["scaleTargetRef"]["kind"] == target["kind"] and scaler["spec"]["minReplicas"] >= 2
    budgets = of(overlay, "PodDisruptionBudget")
    assert budgets.keys() == {"api", "ui"}
    for name, budget in budgets.items():
        assert workloads(overlay)[name]["spec"]["replicas"] >= 2
        assert budget["spec"]["selector"]["matchLabels"].items() <= template(workloads(overlay)[name])["metadata"]["labels"].items()
    connections = scaler["spec"]["maxReplicas"] * Settings().storage.connections
    allowed = next(word for word in containers(workloads(overlay)["postgres"])[0]["args"] if word.startswith("max_connections="))
    assert int(allowed.split("=")[1]) > connections, "the database must have room for all replicas"


def test_visitors_of_the_page_stay_with_one_replica() -> None:
    assert of("embedded", "Service")["ui"]["spec"]["sessionAffinity"] == "ClientIP"
    notes = of("embedded", "Ingress")["ui"]["metadata"]["annotations"]
    assert notes["nginx.ingress.kubernetes.io/affinity"] == "cookie"


ALLOWED = {("ui", "api", 8000), ("api", "postgres", 5432)} | {
    ("api", name, port) for name, port in (("llm", 8000), ("embedder", 8001), ("reranker", 8002))
}


def labels(overlay: str) -> dict[str, dict[str, str]]:
    return {name: template(one)["metadata"]["labels"] for name, one in workloads(overlay).items()}


def chosen(selector: Resource, of_pod: dict[str, str]) -> bool:
    """Tell whether a pod is meant, as Kubernetes reads selectors."""
    for one in selector.get("matchExpressions", []):
        assert one["operator"] == "In"
        if of_pod.get(one["key"]) not in one["values"]:
            return False
    return selector.get("matchLabels", {}).items() <= of_pod.items()


def may(overlay: str, direction: str, own: dict[str, str], peer: dict[str, str], port: int) -> bool:
    """Tell whether the policies let a pod take part in a connection within the namespace, at its own end."""
    policies = [one["spec"] for one in of(overlay, "NetworkPolicy").values() if chosen(one["spec"]["podSelector"], own)]
    policies = [one for one in policies if direction in one["policyTypes"]]
    if not policies:
        return True
    side = "from" if direction == "Ingress" else "to"
    for rule in (rule for one in policies for rule in one.get(direction.lower(), [])):
        reached = any("podSelector" in end and "namespaceSelector" not in end and chosen(end["podSelector"], peer) for end in rule[side])
        if reached and port in {one["port"] for one in rule["ports"]}:
            return True
    return False


@BOTH
def test_only_these_connections_are_let_through(overlay: str) -> None:
    pods = labels(overlay)
    ports = {port for _, _, port in ALLOWED} | {8501}
    found = {
        (start, end, port)
        for start in pods
        for end in pods
        for port in ports
        if start != end and may(overlay, "Egress", pods[start], pods[end], port) and may(overlay, "Ingress", pods[end], pods[start], port)
    }
    models = {(start, end, port) for start, end, port in found if pods[end].get("part") == "models"}
    wanted = {one for one in ALLOWED if one[1] in pods}
    assert wanted <= found
    assert found - models == wanted - models and all(start == "api" for start, _, _ in models)
