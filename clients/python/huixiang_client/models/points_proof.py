from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.proven_posting import ProvenPosting
    from ..models.published_root import PublishedRoot


T = TypeVar("T", bound="PointsProof")


@_attrs_define
class PointsProof:
    """That a posting stood in the journal when its day was signed. All that the stand-alone verifier needs.

    head_before: of the account. later: sha256 of the canonical bytes of each later posting of that day.
    place, path: of the account's leaf in the day's tree.

    Attributes:
        version (int):
        posting (ProvenPosting): The fields of a posting that its hash covers. Bytes are hexadecimal.
        head_before (str):
        later (list[str]):
        place (int):
        path (list[str]):
        root (PublishedRoot): A root as it is given out. Bytes are hexadecimal.
    """

    version: int
    posting: ProvenPosting
    head_before: str
    later: list[str]
    place: int
    path: list[str]
    root: PublishedRoot
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        version = self.version

        posting = self.posting.to_dict()

        head_before = self.head_before

        later = self.later

        place = self.place

        path = self.path

        root = self.root.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
                "posting": posting,
                "head_before": head_before,
                "later": later,
                "place": place,
                "path": path,
                "root": root,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.proven_posting import ProvenPosting
        from ..models.published_root import PublishedRoot

        d = dict(src_dict)
        version = d.pop("version")

        posting = ProvenPosting.from_dict(d.pop("posting"))

        head_before = d.pop("head_before")

        later = cast(list[str], d.pop("later"))

        place = d.pop("place")

        path = cast(list[str], d.pop("path"))

        root = PublishedRoot.from_dict(d.pop("root"))

        points_proof = cls(
            version=version,
            posting=posting,
            head_before=head_before,
            later=later,
            place=place,
            path=path,
            root=root,
        )

        points_proof.additional_properties = d
        return points_proof

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
