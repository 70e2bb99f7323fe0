"""Run with the Python that has QGIS: draws every GeoPackage of a folder as it opens there, a PNG each.

``python qgis_drawing.py FOLDER``; a JSON beside each file says the box drawn: ``{"box": [w, s, e, n], "size": px}``.
"""

import json
import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import (
    Qgis,
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProviderRegistry,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def opened(path: Path) -> list[QgsVectorLayer]:
    """Return the layers QGIS offers of a file: one for each kind of geometry where a layer has several."""
    found = QgsProviderRegistry.instance().querySublayers(
        str(path), Qgis.SublayerQueryFlags(Qgis.SublayerQueryFlag.ResolveGeometryType)
    )
    layers = [QgsVectorLayer(one.uri(), one.name(), "ogr") for one in found if one.name() != "layer_styles"]
    return [layer for layer in layers if layer.isValid() and layer.isSpatial()]


def main(folder: Path) -> None:
    """Draw what lies in a folder."""
    application = QgsApplication([], False)
    application.initQgis()
    for path in sorted(folder.glob("*.gpkg")):
        told = json.loads(path.with_suffix(".json").read_text())
        layers = opened(path)
        order = {2: 0, 1: 1, 0: 2}
        layers.sort(key=lambda layer: order.get(int(layer.geometryType()), 3), reverse=True)
        settings = QgsMapSettings()
        settings.setLayers(layers)  # the first lies on top
        settings.setBackgroundColor(QColor(255, 255, 255))
        settings.setOutputSize(QSize(told["size"], told["size"]))
        settings.setOutputDpi(96)
        settings.setExtent(QgsRectangle(*told["box"]))
        settings.setDestinationCrs(layers[0].crs())
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        job.renderedImage().save(str(path.with_suffix(".png")))
        names = {
            layer.fields()[i].name(): layer.attributeDisplayName(i)
            for layer in layers
            for i in range(layer.fields().count())
        }
        path.with_suffix(".told").write_text(
            json.dumps({"renderers": [one.renderer().type() for one in layers], "names": names})
        )
    os._exit(0)  # its own way out crashes where layers are still held


if __name__ == "__main__":
    main(Path(sys.argv[1]))
