namespace MlNetSer.Cli;

public class MarkdownTableTests
{
    [Fact]
    public void Columns_are_aligned()
    {
        using var output = new StringWriter { NewLine = "\n" };
        MarkdownTable.Write(output, ["features", "linear"], [["encoder", "85.3 ± 2.9"], ["log-mel statistics", "75.5"]]);
        Assert.Equal(
            """
            | features           |     linear |
            | ------------------ | ---------: |
            | encoder            | 85.3 ± 2.9 |
            | log-mel statistics |       75.5 |

            """.ReplaceLineEndings("\n"),
            output.ToString());
    }
}
