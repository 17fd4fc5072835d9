"""A LangGraph store whose values, keys and namespaces cannot be read by who has the database alone."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import orjson
from langgraph.store.base import BaseStore, GetOp, Item, ListNamespacesOp, Op, PutOp, Result, SearchItem, SearchOp

from memory.cipher import Cipher, Names, unpacked
from memory.errors import database_errors, storage_error
from memory.group_commit import finishes

ALL = 1_000_000
"""A limit that no listing reaches: the store's own default would drop the eleventh allergy."""
_KEPT = 1024
T = TypeVar("T")
I = TypeVar("I", Item, SearchItem)  # noqa: E741


class SealedStore(BaseStore):
    """Seals what goes into another store and opens what comes out of it.

    Reading and writing by key and listing by namespace work as in any store; searching by content does not, because the database has
    nothing to search in.
    """

    def __init__(self, inner: BaseStore, cipher: Cipher, names: Names, where: str = "") -> None:
        self._inner = inner
        self._cipher = cipher
        self._names = names
        self._where = where
        self._made: OrderedDict[tuple[Any, ...], tuple[str, Any]] = OrderedDict()
        self._locks: WeakValueDictionary[tuple[str, ...], asyncio.Lock] = WeakValueDictionary()

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Refuse: the databases are asynchronous."""
        raise NotImplementedError("use abatch")

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Carry out operations, all writes of one call together.

        Raises:
            StorageError: the database failed, or what it holds cannot be opened.
        """
        return [self._opened(result) for result in await self._carried_out([self._sealed(op) for op in ops])]

    def alone(self, namespace: tuple[str, ...]) -> asyncio.Lock:
        """Return the lock under which one task of this process at a time rearranges a namespace; other processes are not kept out."""
        return self._locks.setdefault(namespace, asyncio.Lock())

    async def made(self, namespace: tuple[str, ...], make: Callable[[SearchItem], T]) -> list[tuple[str, T]]:
        """Return the keys of everything under a namespace, and what is made of each item.

        What lies unchanged where it lay is neither opened nor made again: two sealings are never the same bytes.

        Args:
            namespace: whose items are always made into something the same way.
            make: returns what nobody changes.
        """
        (found,) = await self._carried_out([self._sealed(SearchOp(namespace, limit=ALL))])
        return [self._once(item, make) for item in found if isinstance(item, SearchItem)] if isinstance(found, list) else []

    def forget_made(self) -> None:
        """Forget what was made of items, because some of them go."""
        self._made.clear()

    def _once(self, item: SearchItem, make: Callable[[SearchItem], T]) -> tuple[str, T]:
        place = item.namespace, item.key, item.value.get("sealed")
        known = self._made.get(place)
        if known is None:
            opened = self._open_item(item)
            known = self._made[place] = opened.key, make(opened)
            if len(self._made) > _KEPT:
                self._made.popitem(last=False)
        else:
            self._made.move_to_end(place)
        return known

    async def _carried_out(self, ops: list[Op]) -> list[Result]:
        working = self._inner.abatch(ops)
        try:
            # A cancelled answer must not leave a transaction open behind it.
            return await (working if finishes(self._inner) else asyncio.shield(asyncio.ensure_future(working)))
        except database_errors() as error:
            raise storage_error(error, self._where) from error

    def _sealed(self, op: Op) -> Op:
        if isinstance(op, GetOp):
            return op._replace(namespace=self._names.namespace(op.namespace), key=self._key(op.namespace, op.key))
        if isinstance(op, PutOp):
            return self._put(op)
        if isinstance(op, SearchOp) and not op.filter and not op.query:
            return op._replace(namespace_prefix=self._names.namespace(op.namespace_prefix))
        if isinstance(op, (SearchOp, ListNamespacesOp)):
            raise NotImplementedError("what is sealed cannot be searched by content")
        raise NotImplementedError(type(op).__name__)

    def _put(self, op: PutOp) -> PutOp:
        namespace, key = self._names.namespace(op.namespace), self._key(op.namespace, op.key)
        if op.value is None:
            return op._replace(namespace=namespace, key=key, index=False)
        plain = orjson.dumps([op.namespace, op.key, op.value])
        return op._replace(
            namespace=namespace, key=key, value={"sealed": self._cipher.seal_text(plain, _place(namespace, key))}, index=False
        )

    def _key(self, namespace: tuple[str, ...], key: str) -> str:
        return self._names.name(*namespace, "", key)

    def _opened(self, result: Result) -> Result:
        if isinstance(result, Item):
            return self._open_item(result)
        if isinstance(result, list):
            return [self._open_item(item) for item in result if isinstance(item, SearchItem)]
        return None

    def _open_item(self, item: I) -> I:
        namespace, key, value = orjson.loads(
            self._cipher.open_text(str(item.value.get("sealed", "")), _place(item.namespace, item.key)),
        )
        item.namespace, item.key, item.value = tuple(namespace), key, value
        return item

    async def reseal(self) -> int:
        """Seal anew whatever the current key has not sealed, and return how much that was."""
        old: list[tuple[Item, dict[str, Any]]] = []
        for item in await self._inner.asearch((), limit=ALL):
            sealed = item.value.get("sealed")
            if isinstance(sealed, str) and not self._cipher.is_current(unpacked(sealed)):
                place = _place(item.namespace, item.key)
                old.append((item, {"sealed": self._cipher.seal_text(self._cipher.open_text(sealed, place), place)}))
        for start in range(0, len(old), 200):
            await self._inner.abatch([PutOp(item.namespace, item.key, value, index=False) for item, value in old[start : start + 200]])
        return len(old)


async def listed(store: BaseStore, namespace: tuple[str, ...]) -> list[SearchItem]:
    """Return everything under a namespace, whose labels may be any text."""
    (found,) = await store.abatch([SearchOp(namespace, limit=ALL)])
    return [item for item in found if isinstance(item, SearchItem)] if isinstance(found, list) else []


def _place(namespace: Iterable[str], key: str) -> str:
    return "|".join(("store", *namespace, key))


NAMES_PLACE = ("shensi",), "names"


async def load_names(inner: BaseStore, cipher: Cipher, fresh: bytes) -> Names:
    """Return the names of a store; ``fresh`` becomes their secret when the store is new.

    Opening the secret shows at once whether the key is the right one.
    """
    namespace, key = NAMES_PLACE
    item = await inner.aget(namespace, key)
    if item is None:
        value = {"sealed": cipher.seal_text(fresh, _place(namespace, key))}
        await inner.aput(namespace, key, value, index=False)
        return Names(fresh)
    return Names(cipher.open_text(str(item.value.get("sealed", "")), _place(namespace, key)))
