// SPDX-License-Identifier: Apache-2.0
using System.Xml.Linq;

namespace NodeAgent.Tests.Architecture;

/// <summary>What the architecture rules look at in one project file.</summary>
/// <param name="Name">The file's name without extension.</param>
/// <param name="References">Names of the projects that it references, without extension.</param>
/// <param name="AllowsUnsafe">True when any property group, with or without a condition, allows unsafe code.</param>
internal sealed record ProjectFile(string Name, IReadOnlyList<string> References, bool AllowsUnsafe)
{
    /// <summary>Reads a project's XML.</summary>
    /// <remarks>Errors: <see cref="System.Xml.XmlException"/> when it is not well-formed.</remarks>
    public static ProjectFile Parse(string name, string xml)
    {
        XDocument document = XDocument.Parse(xml);
        var references = document.Descendants()
            .Where(element => element.Name.LocalName == "ProjectReference")
            .Select(element => NameOf((string?)element.Attribute("Include") ?? ""))
            .ToList();
        bool allowsUnsafe = document.Descendants()
            .Any(element => element.Name.LocalName == "AllowUnsafeBlocks" &&
                            element.Value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase));
        return new ProjectFile(name, references, allowsUnsafe);
    }

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));
}
