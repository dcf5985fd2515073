// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Tests.Generalizing;

public sealed class SbomPathsTests
{
    private const string Sbom = """
        {"kind":"SBOMSyft","metadata":{"path":"/metadata"},"spec":{"metadata":{"path":"/spec"},"syft":{
          "source":{"path":"/source","files":[{"location":{"path":"/not-here"}}]},
          "artifacts":[{"name":"libc","path":"/artifact","locations":[{"path":"/lib/libc.so.6","annotations":{"path":"/x"}},{"path":"/usr/share/doc/libc"}],"metadata":{"files":[{"path":"/owned"}]}},{}],
          "files":[{"id":"1","location":{"path":"/usr/bin/ls","layerID":"sha256:1"},"metadata":{"path":"/y"}},{"location":{"path":7}},{"location":{"path":{"path":"/z"}}},{"location":null},7,
            {"location":{"path":"relative"}},{"location":{"path":"/data/*"}},{"location":{"path":"/data/⋯"}},{"location":{"path":"/"}},{"location":{"path":"/with\u0020blank"}}]}}}
        """;

    [Fact]
    public void Read_Document_GivesTheFilesOfItsListsAndNoOtherPath()
    {
        LiteralPaths files = SbomPaths.Read(Encoding.UTF8.GetBytes(Sbom));

        Assert.All(["/lib/libc.so.6", "/usr/share/doc/libc", "/usr/bin/ls", "/with blank", "/usr/bin/ls/"], path => Assert.True(files.Contains(path), path));
        Assert.Equal(4, files.Count);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("null", 0)]
    [InlineData("[]", 0)]
    [InlineData("<html>", 0)]
    [InlineData("""{"spec":{"syft":{"files":{"location":{"path":"/a"}}}}}""", 0)]
    [InlineData("""{"spec":{"syft":{"files":[{"location":{"path":"/a"}},{"loca""", 1)]
    [InlineData("""{"spec":{"syft":{"files":[{"location":{"path":"/a"}},{"location":{"path":"\ud800"}}]}}}""", 1)]
    public void Read_AnythingElse_NamesWhatCameBefore(string text, int count) => Assert.Equal(count, SbomPaths.Read(Encoding.UTF8.GetBytes(text)).Count);

    [Fact]
    public void Read_DocumentCutAnywhere_DoesNotThrow()
    {
        byte[] document = Encoding.UTF8.GetBytes(Sbom);
        for (int length = 0; length <= document.Length; length++)
        {
            Assert.InRange(SbomPaths.Read(document.AsSpan(0, length)).Count, 0, 4);
        }
    }
}
